"""A charger that did not come back is asked for at the next visit, and settled by one tap."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core import audit, clock
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.inventory.tables import Accessory, Item, ItemProblem
from comptoir.inventory.timeline import item_lines
from comptoir.lending.desk.missing import owed_by, take_in
from comptoir.lending.tables import Loan
from tests import factories as make
from tests.http_client import client_of, codes, sign_in, use_token
from tests.lending.reception import Reception, refusal_in

OWED = "Missing, noted on"


async def charger() -> Accessory:
    [found] = await Accessory.objects().where(Accessory.position == 0)
    return found


async def come_back_without(reception: Reception, kind: str = "missing") -> ItemProblem:
    """The laptop comes back, and one tap says that its charger is missing, or broken."""
    await reception.lend_earlier()
    back = await reception.post("/desk/scan", scan=reception.item.code)
    loan = await reception.loan()
    offered = re.findall(r'name="loan" value="([^"]*)"', back.text)
    assert offered
    assert set(offered) == {str(loan.id)}
    form = {"item": reception.item.code, "kind": kind, "accessory": (await charger()).id}
    await reception.post("/desk/problems", loan=loan.id, **form)
    [problem] = await ItemProblem.objects()
    await a_while_ago()
    return problem


async def a_while_ago() -> None:
    """So that nothing is a repetition, or can be undone."""
    before = clock.now() - timedelta(minutes=5)
    await Loan.update({Loan.returned_at: before}, force=True)
    await ItemProblem.update({ItemProblem.reported_at: before}, force=True)


async def next_visit(reception: Reception) -> Response:
    return await reception.post("/desk/scan", scan=reception.card.code)


async def test_the_next_visit_of_that_person_names_it_and_one_tap_settles_it(
    reception: Reception,
) -> None:
    problem = await come_back_without(reception)
    shown = await next_visit(reception)
    assert OWED in shown.text
    assert "<strong>Charger</strong> · ThinkPad L13" in shown.text
    visit = await reception.visit()
    done = await reception.post("/desk/brought", problem=problem.id, visit=visit.id)
    assert "it is complete again" in done.text
    assert OWED not in done.text
    assert await reception.status() == "available"
    lent = await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    assert refusal_in(lent) == ""
    assert await reception.status() == "on_loan"


async def test_nobody_else_is_asked_for_it(reception: Reception) -> None:
    await come_back_without(reception)
    other = await make.borrower(site_id=reception.site.id)
    card = await make.card(other.id)
    assert OWED not in (await reception.post("/desk/scan", scan=card.code)).text


async def test_it_is_asked_for_whoever_brought_the_thing(reception: Reception) -> None:
    """A neighbour's visit is open when it comes back: the loan says whose it is."""
    await reception.lend_earlier()
    neighbour = await make.borrower(site_id=reception.site.id)
    card = await make.card(neighbour.id)
    await reception.post("/desk/scan", scan=card.code)
    visit = await reception.visit()
    await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    loan = await reception.loan()
    form = {"item": reception.item.code, "kind": "missing", "accessory": (await charger()).id}
    noted = await reception.post("/desk/problems", loan=loan.id, visit=visit.id, **form)
    assert "asked for it at their next visit" in noted.text
    assert OWED not in noted.text
    assert OWED in (await next_visit(reception)).text


async def test_damage_is_tied_to_nobody(reception: Reception) -> None:
    problem = await come_back_without(reception, kind="damaged")
    assert problem.loan_id is None
    assert OWED not in (await next_visit(reception)).text
    about_them = [entry.action for _, entry in await audit.timeline(reception.borrower.id)]
    assert "item.problem_reported" not in about_them


@pytest.mark.parametrize("other", ["problem", "found again"])
async def test_what_else_holds_the_item_goes_on_to_hold_it(
    reception: Reception, other: str
) -> None:
    problem = await come_back_without(reception)
    if other == "problem":
        await reception.post("/desk/problems", item=reception.item.code, kind="damaged")
    else:
        for action in ("mark_lost", "mark_found"):
            path = f"/items/{reception.item.code}/actions/{action}"
            assert (await reception.client.post(path)).status_code == 303
    done = await reception.post("/desk/brought", problem=problem.id)
    assert "until somebody has checked it" in done.text
    assert await reception.status() == "to_check"


async def test_what_was_noted_while_it_was_out_is_settled_too(reception: Reception) -> None:
    loan = await reception.lend_earlier()
    actor = await make.principal(Role.RECEPTION, reception.site.id)
    async with client_of() as client:
        await use_token(client, "desk", site_id=reception.site.id)
        path = f"/api/v1/loans/{loan.id}/missing-accessories"
        made = await client.post(path, json={"accessory": str((await charger()).id)})
        assert made.status_code == 201
    await reception.post("/desk/scan", scan=reception.item.code)
    assert await reception.status() == "to_check"
    [owed] = await owed_by(actor, reception.borrower.id)
    await take_in(actor, owed.problem_id, now=clock.now())
    assert await reception.status() == "available"


async def test_a_tap_too_many_is_undone_within_a_minute(reception: Reception) -> None:
    problem = await come_back_without(reception)
    await next_visit(reception)
    visit = await reception.visit()
    done = await reception.post("/desk/brought", problem=problem.id, visit=visit.id)
    assert 'name="kind" value="brought"' in done.text
    undo = {"of": problem.id, "kind": "brought", "visit": visit.id}
    undone = await reception.post("/desk/undo", **undo)
    assert OWED in undone.text
    assert await reception.status() == "to_check"
    assert refusal_in(await reception.post("/desk/undo", **undo)) == "lending.undo-overtaken"
    # Once more, and then it is too late.
    await reception.post("/desk/brought", problem=problem.id, visit=visit.id)
    before = clock.now() - timedelta(minutes=2)
    await ItemProblem.update({ItemProblem.resolved_at: before}, force=True)
    assert refusal_in(await reception.post("/desk/undo", **undo)) == "lending.undo-too-late"


async def test_it_is_not_undone_once_the_item_was_lent_again(reception: Reception) -> None:
    problem = await come_back_without(reception)
    await next_visit(reception)
    visit = await reception.visit()
    await reception.post("/desk/brought", problem=problem.id, visit=visit.id)
    await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    undone = await reception.post("/desk/undo", of=problem.id, kind="brought", visit=visit.id)
    assert refusal_in(undone) == "lending.undo-overtaken"
    assert await reception.status() == "on_loan"


async def test_the_desk_ties_it_to_no_loan_of_another_thing(reception: Reception) -> None:
    await reception.lend_earlier()
    await reception.post("/desk/scan", scan=reception.item.code)
    item = await make.item(site_id=reception.site.id, model=reception.model.id)
    loan = await reception.loan()
    form = {"item": item.code, "kind": "missing", "accessory": (await charger()).id}
    assert (await reception.post("/desk/problems", loan=loan.id, **form)).status_code == 404
    assert await ItemProblem.count() == 0


async def test_a_thing_checked_as_complete_is_asked_for_no_more(reception: Reception) -> None:
    await come_back_without(reception)
    await reception.post("/desk/ready", item=reception.item.code, what="checked")
    assert OWED not in (await next_visit(reception)).text


async def test_the_trail_tells_it_on_item_loan_and_borrower_without_a_name(
    reception: Reception,
) -> None:
    problem = await come_back_without(reception)
    await reception.post("/desk/brought", problem=problem.id)
    loan = await reception.loan()
    for subject in (reception.item.id, loan.id, reception.borrower.id):
        entries = [entry.action for _, entry in await audit.timeline(subject, limit=20)]
        assert "item.problem_reported" in entries
        assert "item.accessory_brought" in entries
    with use_language("en"):
        lines = [
            line.text for line in await item_lines(reception.item.id, [], before=None, limit=9)
        ]
    assert lines[0] == "Brought after all: Charger."
    page = await reception.client.get(f"/borrowers/{reception.borrower.id}")
    assert "Brought after all: Charger." in page.text


async def test_the_page_of_the_borrower_names_it_too(reception: Reception) -> None:
    await come_back_without(reception)
    page = await reception.client.get(f"/borrowers/{reception.borrower.id}")
    assert "Still to bring" in page.text
    assert OWED in page.text


async def test_at_another_site_it_is_named_without_its_code_and_not_settled(
    reception: Reception,
) -> None:
    problem = await come_back_without(reception)
    bulle = await make.site(short_name="Bulle")
    async with client_of() as client:
        user = await make.user(role=Role.RECEPTION, site_id=bulle.id)
        await sign_in(client, user, site_id=bulle.id)
        shown = await client.post("/desk/scan", data={"scan": reception.card.code})
        assert "The item is at Fribourg." in shown.text
        assert reception.item.code not in shown.text
        assert "/desk/brought" not in shown.text
        answer = await client.post("/desk/brought", data={"problem": str(problem.id)})
        assert answer.status_code == 404
    assert await reception.status() == "to_check"


class Program:
    def __init__(self, client: AsyncClient, reception: Reception, loan: Loan) -> None:
        self.client, self.reception, self.loan = client, reception, loan

    async def note(self, loan_id: object, accessory: object) -> Response:
        path = f"/api/v1/loans/{loan_id}/missing-accessories"
        return await self.client.post(path, json={"accessory": str(accessory)})

    async def owed(self) -> list[dict[str, Any]]:
        path = f"/api/v1/borrowers/{self.reception.borrower.id}/missing-accessories"
        items: list[dict[str, Any]] = (await self.client.get(path)).json()["items"]
        return items

    async def step(self, problem_id: str, step: str) -> Response:
        path = f"/api/v1/items/{self.reception.item.code}/problems/{problem_id}/{step}"
        return await self.client.post(path)


async def test_a_program_notes_lists_and_settles_it(reception: Reception) -> None:
    loan = await reception.lend_earlier()
    await reception.post("/desk/scan", scan=reception.item.code)
    async with client_of() as client:
        await use_token(client, "desk", site_id=reception.site.id)
        program = Program(client, reception, loan)
        made = await program.note(loan.id, (await charger()).id)
        assert made.status_code == 201
        assert made.json()["items"] == await program.owed()
        [owed] = await program.owed()
        assert (owed["item"], owed["loan_id"]) == (reception.item.code, str(loan.id))
        assert owed["accessory_names"]["en"] == "Charger"
        settled = await program.step(owed["problem_id"], "brought")
        assert (settled.status_code, settled.json()["status"]) == (200, "available")
        assert await program.owed() == []
        again = await program.step(owed["problem_id"], "brought")
        assert (again.status_code, codes(again)) == (404, ["inventory.problem-not-found"])
        undone = await program.step(owed["problem_id"], "undo-brought")
        assert (undone.status_code, undone.json()["status"]) == (200, "to_check")
        assert await program.owed() == [owed]


async def test_it_is_noted_of_no_loan_but_one_that_was_meant_and_is_known(
    reception: Reception,
) -> None:
    loan = await reception.lend_earlier()
    await reception.post("/desk/scan", scan=reception.item.code)
    other = await make.model(accessories=("Mouse",))
    [mouse] = await Accessory.objects().where(Accessory.model == other.id)
    [own] = await Accessory.objects().where(Accessory.model == reception.model.id)
    bulle = await make.site(short_name="Bulle")
    async with client_of() as client:
        await use_token(client, "desk", site_id=reception.site.id)
        program = Program(client, reception, loan)
        assert codes(await program.note(loan.id, mouse.id)) == ["inventory.accessory-not-found"]
        unknown = await program.note("0193f0c0-0000-7000-8000-000000000000", own.id)
        assert codes(unknown) == ["lending.loan-not-found"]
        await Loan.update({Loan.undone_at: clock.now()}, force=True)
        assert codes(await program.note(loan.id, own.id)) == ["lending.loan-not-found"]
        await Loan.update({Loan.undone_at: None}, force=True)
    async with client_of() as client:
        await use_token(client, "desk", site_id=bulle.id)
        program = Program(client, reception, loan)
        assert codes(await program.note(loan.id, own.id)) == ["lending.loan-not-found"]
    assert await ItemProblem.count() == 0
    assert await reception.status() == "available"
    assert (await Item.count()) == 1
