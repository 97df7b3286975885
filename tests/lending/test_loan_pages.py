"""Loans on the pages: found, renewed and back, how to reach somebody, opened again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.inventory.services import actions
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.tables import Borrower, Loan, Policy
from tests import factories as make
from tests.http_client import codes, sign_in
from tests.lending.api_desk import LOANS, program
from tests.lending.reception import Reception

LONG_AGO = timedelta(days=40)


async def let_in(reception: Reception, role: Role) -> None:
    user = await make.user(role=role, site_id=reception.site.id)
    await sign_in(reception.client, user, site_id=reception.site.id)


async def overdue_loan(reception: Reception) -> Loan:
    return await make.loan(
        item=reception.item,
        borrower_id=reception.borrower.id,
        now=clock.now() - LONG_AGO,
        policy=(await Policy.objects().first()).id,  # type: ignore[union-attr]
    )


async def test_a_renewal_from_the_list_says_until_when_and_is_undone(reception: Reception) -> None:
    loan = await overdue_loan(reception)
    form = {"renewals": 0, "next": "/loans?state=overdue"}
    renewed = await reception.client.post(f"/loans/{loan.id}/renew", data=form)
    listed = (await reception.client.get(renewed.headers["location"])).text
    assert "Renewed until " in listed
    undo = f"/loans/{loan.id}/undo-renewal"
    assert f'action="{undo}"' in listed
    await reception.client.post(undo, data={"next": "/loans?state=overdue"})
    row = await Loan.objects().first()
    assert row is not None
    assert (row.due_at, row.renewals) == (loan.due_at, 0)
    again = await reception.client.post(undo, data={"next": "/loans?state=overdue"})
    refused = (await reception.client.get(again.headers["location"])).text
    assert "Something has happened since" in refused


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"contact_kind": "phone", "phone": "+41265550112"}, "+41 26 555 01 12"),
        ({"contact_kind": "email", "email": "amina@example.org"}, "amina@example.org"),
        ({"contact_kind": "letter", "address": "rue du Pont 3"}, "rue du Pont 3"),
        (
            {"contact_kind": "counsellor", "counsellor": "Luc, 026 1", "referrer": "Caritas"},
            "Luc, 026 1, Caritas",
        ),
        ({"contact_kind": "none", "counsellor": "Luc, 026 1"}, "Luc, 026 1"),
        ({"contact_kind": "none"}, "No way to reach them"),
    ],
)
async def test_how_to_reach_somebody_can_be_read(
    reception: Reception, values: dict[str, str], shown: str
) -> None:
    columns = {getattr(Borrower, name): value for name, value in values.items()}
    await Borrower.update(columns, force=True)
    loan = await overdue_loan(reception)
    for path in ("/loans", f"/loans/{loan.id}"):
        assert shown in (await reception.client.get(path)).text, path


async def test_a_loan_is_found_by_a_name_that_stands_in_no_address(reception: Reception) -> None:
    loan = await overdue_loan(reception)
    for text in ("amina", reception.item.code):
        found = await reception.client.post("/loans/search", data={"q": text})
        assert (found.status_code, f"/loans/{loan.id}" in found.text) == (200, True)
    nothing = await reception.client.post("/loans/search", data={"q": "zzzzz"})
    assert "Nothing in this list under this name or code." in nothing.text


async def test_a_search_stays_in_its_list(reception: Reception) -> None:
    loan = await overdue_loan(reception)
    back = CheckIn(item=reception.item.code, site_id=reception.site.id)
    await check_in(await make.principal(Role.RECEPTION, reception.site.id), back, now=clock.now())
    for text in ("amina", reception.item.code):
        for state, is_there in (("open", False), ("overdue", False), ("closed", True)):
            form = {"q": text, "state": state}
            found = (await reception.client.post("/loans/search", data=form)).text
            assert (f"/loans/{loan.id}" in found) == is_there, (text, state)
            assert re.search(rf'href="/loans\?state={state}" aria-current="page"', found), state


async def test_what_is_unsigned_is_marked_and_listed(reception: Reception) -> None:
    await Policy.update({Policy.signature: "screen"}, force=True)
    loan = await overdue_loan(reception)
    for path in ("/loans", "/loans?state=unsigned"):
        text = (await reception.client.get(path)).text
        assert f"/loans/{loan.id}" in text, path
        sign = f'<a class="button plain" href="/borrowers/{reception.borrower.id}/agreement">'
        assert sign in text, path
    assert "Not signed (1)" in (await reception.client.get("/loans")).text


async def test_a_coordinator_opens_a_loan_again_after_a_mistake(
    reception: Reception,
) -> None:
    loan = await reception.lend()
    coordinator = await make.principal(Role.COORDINATOR, reception.site.id)
    yesterday = clock.now() - timedelta(days=1)
    await check_in(coordinator, CheckIn(item=reception.item.code), now=yesterday)
    path = f"/loans/{loan.id}/reopen"
    assert path not in (await reception.client.get(f"/loans/{loan.id}")).text
    assert (await reception.client.post(path)).status_code == 403
    await let_in(reception, Role.COORDINATOR)
    assert path in (await reception.client.get(f"/loans/{loan.id}")).text
    assert (await reception.client.get(path)).status_code == 200
    await reception.client.post(path)
    row = await reception.loan()
    assert row.returned_at is None
    assert row.due_at == loan.due_at
    assert "Opened again" in (await reception.client.get(f"/loans/{loan.id}")).text


async def test_a_loan_is_not_opened_again_once_its_item_was_handled(reception: Reception) -> None:
    loan = await reception.lend()
    coordinator = await make.principal(Role.COORDINATOR, reception.site.id)
    now = clock.now()
    await check_in(coordinator, CheckIn(item=reception.item.code), now=now)
    await actions.set_aside(coordinator, reception.item.code, now=now)
    async with program("borrowers", site_id=reception.site.id) as client:
        answer = await client.post(f"{LOANS}/{loan.id}/reopen")
        assert (answer.status_code, codes(answer)) == (409, ["lending.undo-overtaken"])
        await actions.check_item(coordinator, reception.item.code, now=now)
        answer = await client.post(f"{LOANS}/{loan.id}/reopen")
        assert codes(answer) == ["lending.undo-overtaken"]


async def test_a_program_opens_a_loan_again_and_finds_it(reception: Reception) -> None:
    loan = await reception.lend()
    coordinator = await make.principal(Role.COORDINATOR, reception.site.id)
    await check_in(coordinator, CheckIn(item=reception.item.code), now=clock.now() - LONG_AGO)
    async with program("borrowers", site_id=reception.site.id) as client:
        answer = await client.post(f"{LOANS}/{loan.id}/reopen")
        assert (answer.status_code, answer.json()["returned_at"]) == (200, None)
        found = await client.post(f"{LOANS}/searches", json={"text": "amina"})
        assert [each["id"] for each in found.json()["items"]] == [str(loan.id)]


async def test_the_page_of_an_agreement_leads_to_the_desk(
    reception: Reception,
) -> None:
    await Policy.update({Policy.signature: "screen"}, force=True)
    await reception.lend()
    url = f"/desk/visits/{(await reception.visit()).id}/agreement"
    form = {"how": "screen", "signature_typed": "A. Diallo"}
    signed = (await reception.client.post(url, data=form)).headers["location"]
    kept = signed.replace("/desk?signed=", "/agreements/")
    text = (await reception.client.get(kept)).text
    first = text[text.index('<div class="actions">') :]
    assert first.index("/desk?visit=") < first.index("/pdf")
    assert 'action="/desk/scan"' in text
    assert re.search(r"<h1>Amina[^<]*</h1>", text)
    assert 'aria-keyshortcuts="F4"' in text
    assert 'data-tally-key="F9"' in text
    assert text.index("<details") < text.index("<code>")


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        ("POST", "/loans/search", "This is none of the values that are possible here."),
        ("POST", "/account/site", "This field is missing."),
    ],
)
async def test_what_no_form_sends_is_refused_in_words(
    reception: Reception, method: str, path: str, sentence: str
) -> None:
    answer = await reception.client.request(method, path, data={"state": "bogus"})
    assert answer.status_code == 422
    assert not re.search(r"Invalid|Expected|Object missing|`", answer.text)
    assert sentence in answer.text
