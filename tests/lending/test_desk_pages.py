"""The buttons of the desk, over HTTP: each does its one thing, and says why not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.inventory.tables import Accessory, Item, ItemProblem
from comptoir.lending.desk.kept import Done, UndoKind, encode_recent, encode_waiting
from comptoir.lending.scans import WaitingItem
from comptoir.lending.tables import Borrower, Loan, Visit
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, make_app, sign_in

HTMX = {"HX-Request": "true"}


class Desk:
    """Reception at one site, somebody with a card, and a laptop with its charger."""

    client: AsyncClient

    async def set_up(self) -> Desk:
        self.site = await make.site()
        category = await make.category()
        await make.policy(category_id=category.id, renewals=1)
        self.model = await make.model(category=category.id, accessories=("Charger",))
        self.item = await make.item(site_id=self.site.id, model=self.model.id)
        self.borrower = await make.borrower(site_id=self.site.id)
        self.card = await make.card(self.borrower.id)
        return self

    async def post(self, path: str, **form: Any) -> Response:
        return await self.client.post(path, data=form, headers=HTMX)

    async def lend(self) -> Loan:
        await self.post("/desk/scan", scan=self.card.code)
        visit = await self.visit()
        await self.post("/desk/scan", scan=self.item.code, visit=visit.id)
        return await self.loan()

    async def lend_earlier(self, site: Site | None = None) -> Loan:
        """A loan of an hour ago, from whichever site; the item is the desk's from now on."""
        if site is not None:
            self.item = await make.item(site_id=site.id, model=self.model.id)
        before = clock.now() - timedelta(hours=1)
        return await make.loan(item=self.item, borrower_id=self.borrower.id, now=before)

    async def visit(self) -> Visit:
        [visit] = await Visit.objects().where(Visit.closed_at.is_null())
        return visit

    async def loan(self) -> Loan:
        [loan] = await Loan.objects()
        return loan

    async def present_site(self) -> Any:
        row = await Item.objects().get(Item.id == self.item.id)
        assert row is not None
        return row.present_site

    async def status(self) -> str:
        row = await Item.objects().get(Item.id == self.item.id)
        assert row is not None
        return row.status


@pytest.fixture
async def desk(database: Any) -> AsyncIterator[Desk]:
    desk = await Desk().set_up()
    async with client_of(make_app()) as desk.client:
        user = await make.user(role=Role.RECEPTION, site_id=desk.site.id)
        await sign_in(desk.client, user, site_id=desk.site.id)
        yield desk


def refusal_in(answer: Response) -> str:
    found = re.search(r'data-code="([^"]+)"', answer.text)
    return found[1] if found else ""


async def test_a_loan_is_renewed_once_however_often_one_taps(desk: Desk) -> None:
    loan = await desk.lend_earlier()
    for _ in range(2):
        answer = await desk.post("/desk/renew", loan=loan.id, renewals=0)
        assert answer.status_code == 200
    renewed = await desk.loan()
    assert renewed.renewals == 1
    assert renewed.due_at > loan.due_at


async def test_a_renewal_too_many_is_refused_with_its_reason(desk: Desk) -> None:
    loan = await desk.lend_earlier()
    await desk.post("/desk/renew", loan=loan.id, renewals=0)
    answer = await desk.post("/desk/renew", loan=loan.id, renewals=1)
    assert refusal_in(answer) == "lending.renewals-used"


async def test_a_renewal_is_undone(desk: Desk) -> None:
    loan = await desk.lend_earlier()
    answer = await desk.post("/desk/renew", loan=loan.id, renewals=0)
    assert 'name="kind" value="renewal"' in answer.text
    await desk.post("/desk/undo", of=loan.id, kind="renewal")
    assert (await desk.loan()).due_at == loan.due_at


async def test_a_loan_is_undone(desk: Desk) -> None:
    loan = await desk.lend()
    await desk.post("/desk/undo", of=loan.id, kind="check_out")
    assert (await desk.loan()).undone_at is not None
    assert await desk.status() == "available"


async def test_a_return_is_undone(desk: Desk) -> None:
    loan = await desk.lend_earlier()
    await desk.post("/desk/scan", scan=desk.item.code)
    assert await desk.status() == "available"
    await desk.post("/desk/undo", of=loan.id, kind="check_in")
    assert (await desk.loan()).returned_at is None
    assert await desk.status() == "on_loan"


async def test_what_is_undone_is_where_it_was(desk: Desk) -> None:
    elsewhere = await make.site(short_name="Lyon")
    desk.item = await make.item(site_id=elsewhere.id, model=desk.model.id)
    loan = await desk.lend()
    assert await desk.present_site() == desk.site.id
    await desk.post("/desk/undo", of=loan.id, kind="check_out")
    assert await desk.present_site() == elsewhere.id


async def test_what_is_with_somebody_again_is_where_it_was_lent(desk: Desk) -> None:
    elsewhere = await make.site(short_name="Lyon")
    loan = await desk.lend_earlier(elsewhere)
    await desk.post("/desk/scan", scan=desk.item.code)
    assert await desk.present_site() == desk.site.id
    await desk.post("/desk/undo", of=loan.id, kind="check_in")
    assert await desk.present_site() == elsewhere.id


def recent_in(answer: Response) -> str:
    found = re.search(r'name="recent" value="([^"]*)"', answer.text)
    return found[1] if found else ""


async def test_whatever_was_done_in_the_last_minute_can_still_be_undone(desk: Desk) -> None:
    loan = await desk.lend_earlier()
    answer = await desk.post("/desk/renew", loan=loan.id, renewals=0)
    answer = await desk.post("/desk/scan", scan=desk.card.code, recent=recent_in(answer))
    assert f'name="of" value="{loan.id}"' in answer.text
    answer = await desk.post("/desk/visits/close", recent=recent_in(answer))
    assert f'name="of" value="{loan.id}"' in answer.text
    recent = recent_in(answer)
    answer = await desk.post("/desk/undo", of=loan.id, kind="renewal", recent=recent)
    assert (await desk.loan()).due_at == loan.due_at
    assert recent_in(answer) == ""
    assert f'name="of" value="{loan.id}"' not in answer.text


async def test_a_page_loaded_anew_still_shows_what_can_be_undone(desk: Desk) -> None:
    loan = await desk.lend()
    page = await desk.client.get(f"/desk?visit={(await desk.visit()).id}")
    assert f'name="of" value="{loan.id}"' in page.text


async def test_a_page_loaded_anew_shows_what_the_page_before_it_showed(desk: Desk) -> None:
    await desk.lend_earlier()
    lost = await make.item(site_id=desk.site.id, model=desk.model.id, status="lost")
    answer = await desk.post("/desk/renew", loan=(await desk.loan()).id, renewals=0)
    problem = {"item": desk.item.code, "kind": "damaged"}
    answer = await desk.post("/desk/problems", recent=recent_in(answer), **problem)
    answer = await desk.post("/desk/scan", scan=lost.code, recent=recent_in(answer))
    assert [part.partition(":")[0] for part in recent_in(answer).split()] == [
        "renewal",
        "problem",
        "found",
    ]
    page = await desk.client.get("/desk")
    assert recent_in(page) == recent_in(answer)
    assert re.findall(r'name="kind" value="(\w+)"', page.text) == ["found", "problem", "renewal"]


async def test_what_is_undone_is_not_shown_again_on_a_page_loaded_anew(desk: Desk) -> None:
    loan = await desk.lend()
    await desk.post("/desk/undo", of=loan.id, kind="check_out")
    page = await desk.client.get(f"/desk?visit={(await desk.visit()).id}")
    assert (recent_in(page), str(loan.id) in page.text) == ("", False)


@pytest.mark.parametrize(
    "recent",
    [
        "x",
        "check_out:1@2",
        "nothing:{loan}@2026-11-25T12:00:00+00:00",
        "check_out:{loan}@2999-01-01",
    ],
)
async def test_a_list_of_steps_that_makes_no_sense_is_left_out(desk: Desk, recent: str) -> None:
    loan = await desk.lend()
    answer = await desk.post("/desk/visits/close", recent=recent.format(loan=loan.id))
    assert (answer.status_code, recent_in(answer)) == (200, "")


async def test_a_report_at_the_desk_is_taken_back(desk: Desk) -> None:
    await desk.lend()
    await desk.post("/desk/problems", item=desk.item.code, kind="damaged")
    [problem] = await ItemProblem.objects()
    await desk.post("/desk/undo", of=problem.id, kind="problem")
    assert await desk.status() == "on_loan"


async def test_an_undo_too_late_is_refused_with_its_reason(desk: Desk) -> None:
    loan = await desk.lend_earlier()
    answer = await desk.post("/desk/undo", of=loan.id, kind="check_out")
    assert refusal_in(answer) == "lending.undo-too-late"
    assert await desk.status() == "on_loan"


async def test_what_comes_back_without_its_charger_is_not_lent_again(desk: Desk) -> None:
    await desk.lend_earlier()
    await desk.post("/desk/scan", scan=desk.item.code)
    [charger] = await Accessory.objects()
    form = {"item": desk.item.code, "kind": "missing", "accessory": charger.id}
    await desk.post("/desk/problems", **form)
    [problem] = await ItemProblem.objects()
    assert (problem.item, problem.accessory, problem.kind) == (desk.item.id, charger.id, "missing")
    await desk.post("/desk/scan", scan=desk.card.code)
    visit = await desk.visit()
    await Loan.update({Loan.returned_at: clock.now() - timedelta(minutes=1)}, force=True)
    answer = await desk.post("/desk/scan", scan=desk.item.code, visit=visit.id)
    assert refusal_in(answer) == "lending.item-to-check"


async def test_what_is_damaged_when_it_is_lent_stays_here(desk: Desk) -> None:
    await desk.lend()
    await desk.post("/desk/problems", item=desk.item.code, kind="damaged")
    assert await desk.status() == "to_check"
    assert (await desk.loan()).undone_at is not None


@pytest.mark.parametrize("wrong", [{"kind": "zzz"}, {"kind": "missing", "accessory": "x"}])
async def test_a_problem_that_makes_no_sense_sets_nothing_aside(
    desk: Desk, wrong: dict[str, str]
) -> None:
    for path in ("/desk/problems", f"/items/{desk.item.code}/problems"):
        answer = await desk.post(path, item=desk.item.code, **wrong)
        assert answer.status_code in (400, 404, 422)
    assert await desk.status() == "available"


async def test_what_is_damaged_when_it_is_lent_stays_at_this_site(desk: Desk) -> None:
    elsewhere = await make.site(short_name="Lyon")
    desk.item = await make.item(site_id=elsewhere.id, model=desk.model.id)
    await desk.lend()
    await desk.post("/desk/problems", item=desk.item.code, kind="damaged")
    assert (await desk.status(), await desk.present_site()) == ("to_check", desk.site.id)


async def test_an_item_of_another_site_is_sent_there(desk: Desk) -> None:
    home = await make.site(short_name="Lausanne")
    await desk.lend_earlier(home)
    back = await desk.post("/desk/scan", scan=desk.item.code)
    assert f'name="site" value="{home.id}"' in back.text
    await desk.post("/desk/transfer", item=desk.item.code, site=home.id)
    row = await Item.objects().get(Item.id == desk.item.id)
    assert row is not None
    assert (row.status, row.destination_site) == ("in_transit", home.id)


async def test_somebody_found_by_name_takes_the_place_of_who_was_there(desk: Desk) -> None:
    await desk.post("/desk/scan", scan=desk.card.code)
    first = await desk.visit()
    other = await make.borrower(site_id=desk.site.id, name="Besnik Hoxha")
    answer = await desk.post("/desk/visits", borrower=other.id, visit=first.id)
    second = await desk.visit()
    assert (second.borrower, second.id != first.id) == (other.id, True)
    assert f"/desk?visit={second.id}" in answer.text


async def test_somebody_found_by_name_who_is_there_already_goes_on(desk: Desk) -> None:
    await desk.lend()
    visit = await desk.visit()
    await desk.post("/desk/visits", borrower=desk.borrower.id, visit=visit.id)
    assert (await desk.visit()).id == visit.id


async def test_the_visit_stays_open_where_the_next_person_is_not_found(desk: Desk) -> None:
    await desk.post("/desk/scan", scan=desk.card.code)
    visit = await desk.visit()
    stranger = await make.borrower(site_id=(await make.site()).id)
    answer = await desk.post("/desk/visits", borrower=stranger.id, visit=visit.id)
    assert answer.status_code == 404
    assert (await desk.visit()).id == visit.id


@pytest.mark.parametrize(("minutes", "lent"), [(0, 1), (2, 0)])
async def test_an_item_waits_a_minute_for_somebody_found_by_name(
    desk: Desk, minutes: int, lent: int
) -> None:
    waits = WaitingItem(desk.item.id, clock.now() - timedelta(minutes=minutes))
    form = {"borrower": desk.borrower.id, "waiting": encode_waiting((waits,))}
    await desk.post("/desk/visits", **form)
    assert await Loan.count() == lent


async def test_the_desk_is_free_once_the_person_leaves(desk: Desk) -> None:
    await desk.post("/desk/scan", scan=desk.card.code)
    visit = await desk.visit()
    answer = await desk.post("/desk/visits/close", visit=visit.id)
    assert desk.borrower.name not in answer.text
    assert await Visit.count().where(Visit.closed_at.is_null()) == 0


async def test_the_visit_of_another_site_shows_nobody(desk: Desk) -> None:
    elsewhere = await make.site()
    stranger = await make.borrower(site_id=elsewhere.id, name="Besnik Hoxha")
    visit = Visit(site=elsewhere.id, borrower=stranger.id, opened_at=clock.now())
    await visit.save()
    answer = await desk.client.get("/desk", params={"visit": str(visit.id)})
    assert answer.status_code == 200
    assert "Besnik" not in answer.text


async def test_a_repetition_leaves_the_screen_as_it_is(desk: Desk) -> None:
    loan = await desk.lend()
    await just_now(loan)
    recent = encode_recent([Done(UndoKind.CHECK_OUT, loan.id, clock.now())])
    answer = await desk.post("/desk/scan", scan=desk.item.code, recent=recent)
    assert (answer.status_code, answer.text) == (204, "")


async def just_now(loan: Loan) -> None:
    """However slow this machine, the item is handled less than two seconds ago."""
    moment = clock.now() + timedelta(seconds=1)
    await Loan.update({Loan.checked_out_at: moment}).where(Loan.id == loan.id)
    await Loan.update({Loan.returned_at: moment}).where(
        (Loan.id == loan.id) & Loan.returned_at.is_not_null()
    )


async def test_what_another_desk_has_just_lent_is_said_to_be_so(desk: Desk) -> None:
    await just_now(await desk.lend())
    answer = await desk.post("/desk/scan", scan=desk.item.code)
    assert refusal_in(answer) == "lending.scan-repeated"
    assert await desk.status() == "on_loan"


async def test_what_just_came_back_is_no_repetition_for_the_next_person(desk: Desk) -> None:
    loan = await desk.lend_earlier()
    await desk.post("/desk/scan", scan=desk.item.code)
    await just_now(loan)
    await desk.post("/desk/scan", scan=(await make.card((await make.borrower()).id)).code)
    visit = await desk.visit()
    await Visit.update({Visit.opened_at: clock.now() + timedelta(seconds=2)}, force=True)
    recent = encode_recent([Done(UndoKind.CHECK_IN, loan.id, clock.now())])
    scanned = {"scan": desk.item.code, "visit": visit.id, "recent": recent}
    assert refusal_in(await desk.post("/desk/scan", **scanned)) == "lending.scan-repeated"


async def test_without_javascript_the_answer_is_a_page(desk: Desk) -> None:
    answer = await desk.client.post("/desk/scan", data={"scan": desk.card.code})
    assert answer.text.startswith("<!doctype html>")
    assert desk.borrower.name in answer.text


async def test_a_name_at_the_desk_finds_borrowers_of_ones_own_sites(desk: Desk) -> None:
    elsewhere = await make.borrower(site_id=(await make.site()).id)
    answer = await desk.post("/desk/scan", scan="diallo")
    known = await Borrower.select(Borrower.id).where(Borrower.name == "Amina Diallo")
    assert len(known) == 2
    assert f'value="{desk.borrower.id}"' in answer.text
    assert str(elsewhere.id) not in answer.text


async def test_there_is_no_desk_without_a_site(desk: Desk) -> None:
    await Site.update({Site.active: False}, force=True)
    await sign_in(desk.client, await make.user(role=Role.ADMIN))
    answer = await desk.client.get("/desk")
    assert answer.headers["location"] == "/site?next=/desk"


async def test_a_scan_tried_again_by_a_colleague_is_answered_as_it_was_first(desk: Desk) -> None:
    await desk.post("/desk/scan", scan=desk.card.code)
    scanned = {"scan": desk.item.code, "visit": (await desk.visit()).id, "attempt_id": "a-1"}
    first = await desk.post("/desk/scan", **scanned)
    loan = await desk.loan()
    await Loan.update({Loan.checked_out_at: clock.now() - timedelta(minutes=5)}).where(
        Loan.id == loan.id
    )
    colleague = await make.user(role=Role.COORDINATOR, site_id=desk.site.id)
    await sign_in(desk.client, colleague, site_id=desk.site.id)
    again = await desk.post("/desk/scan", **scanned)
    assert await desk.status() == "on_loan"
    assert ['data-sound="ok"' in answer.text for answer in (first, again)] == [True, True]


async def test_what_must_be_checked_is_put_right_at_the_desk_and_lent(desk: Desk) -> None:
    await Item.update({Item.status: "to_check"}, force=True)
    await desk.post("/desk/scan", scan=desk.card.code)
    visit = await desk.visit()
    refused = await desk.post("/desk/scan", scan=desk.item.code, visit=visit.id)
    assert 'action="/desk/ready"' in refused.text
    await desk.post("/desk/ready", item=desk.item.code, what="checked", visit=visit.id)
    assert await desk.status() == "available"
    await desk.post("/desk/scan", scan=desk.item.code, visit=visit.id)
    assert await desk.status() == "on_loan"


async def test_what_arrives_from_another_site_is_received_at_the_desk(desk: Desk) -> None:
    home = await make.site(short_name="Lausanne")
    await Item.update(
        {
            Item.status: "in_transit",
            Item.present_site: home.id,
            Item.destination_site: desk.site.id,
            Item.arrives_as: "available",
        },
        force=True,
    )
    refused = await desk.post("/desk/scan", scan=desk.item.code)
    assert 'name="what" value="arrived"' in refused.text
    await desk.post("/desk/ready", item=desk.item.code, what="arrived")
    row = await Item.objects().get(Item.id == desk.item.id)
    assert row is not None
    assert (row.status, row.present_site) == ("available", desk.site.id)


async def test_a_free_item_of_another_site_is_told_and_can_be_sent_there(desk: Desk) -> None:
    home = await make.site(short_name="Lausanne")
    await Item.update({Item.home_site: home.id}, force=True)
    waiting = await desk.post("/desk/scan", scan=desk.item.code)
    assert "Lausanne" in waiting.text
    assert f'name="site" value="{home.id}"' in waiting.text
    await desk.post("/desk/scan", scan=desk.card.code)
    visit = await desk.visit()
    lent = await desk.post("/desk/scan", scan=desk.item.code, visit=visit.id)
    assert "Lausanne" in lent.text


async def test_what_comes_back_says_who_had_it(desk: Desk) -> None:
    await desk.lend_earlier()
    back = await desk.post("/desk/scan", scan=desk.item.code)
    assert desk.borrower.name in back.text


async def test_somebody_suspended_may_take_nothing(desk: Desk) -> None:
    allowed = 'class="chips"'
    assert allowed in (await desk.post("/desk/scan", scan=desk.card.code)).text
    await Borrower.update({Borrower.suspended_at: clock.now()}, force=True)
    assert allowed not in (await desk.post("/desk/scan", scan=desk.card.code)).text


async def test_an_item_is_found_by_its_model_and_what_is_out_is_not_taken_back_by_that(
    desk: Desk,
) -> None:
    other = await make.item(site_id=desk.site.id, model=desk.model.id)
    await Item.update({Item.status: "on_loan"}).where(Item.id == other.id)
    answer = await desk.post("/desk/scan", scan=desk.model.short_name)
    assert f'name="scan" value="{desk.item.code}"' in answer.text
    assert f'href="/items/{other.code}"' in answer.text


@pytest.mark.parametrize("slip", ["one less", "one that is none of ours"])
async def test_a_code_typed_with_one_slip_is_recognised(desk: Desk, slip: str) -> None:
    code = desk.item.code
    typed = code[:3] + code[4:] if slip == "one less" else code[:-1] + "Z"
    answer = await desk.post("/desk/scan", scan=typed.lower())
    assert refusal_in(answer) == "lending.code-misread"
    assert f'name="scan" value="{code[:4]}-{code[4:]}"' in answer.text


@pytest.mark.parametrize("name", ["Schwartz", "Müllers", "ZZZZZZZZ", "Tschirr"])
async def test_a_name_is_no_code(desk: Desk, name: str) -> None:
    answer = await desk.post("/desk/scan", scan=name)
    assert (refusal_in(answer), "newcomer" in answer.text) == ("", True)


@pytest.mark.parametrize(
    ("text", "offered"), [("7610032065156", False), ("Nobody Here", True), ("0791234567", True)]
)
async def test_a_barcode_of_a_shop_is_nobodys_name(desk: Desk, text: str, offered: bool) -> None:
    answer = await desk.post("/desk/scan", scan=text)
    assert ('class="newcomer" open' in answer.text) is offered
