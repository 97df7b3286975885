"""The desk over HTTP: visits, loans, and who sees what."""

from __future__ import annotations

from datetime import timedelta

from comptoir.core import clock, db
from comptoir.core.principal import Role
from comptoir.inventory.tables import Category, ItemProblem
from comptoir.lending.desk.allowances import ALLOWANCES_SHOWN
from comptoir.lending.desk.kept import Done, UndoKind, encode_recent
from comptoir.lending.desk.view import read_items
from comptoir.lending.tables import Borrower, BorrowerCard, Loan, Visit
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import sign_in
from tests.lending.reception import Reception, refusal_in


async def test_a_loan_is_renewed_once_however_often_one_taps(reception: Reception) -> None:
    loan = await reception.lend_earlier()
    for _ in range(2):
        answer = await reception.post("/desk/renew", loan=loan.id, renewals=0)
        assert answer.status_code == 200
    renewed = await reception.loan()
    assert renewed.renewals == 1
    assert renewed.due_at > loan.due_at


async def test_a_renewal_too_many_is_refused_with_its_reason(reception: Reception) -> None:
    loan = await reception.lend_earlier()
    await reception.post("/desk/renew", loan=loan.id, renewals=0)
    answer = await reception.post("/desk/renew", loan=loan.id, renewals=1)
    assert refusal_in(answer) == "lending.renewals-used"


async def test_the_desk_is_free_once_the_person_leaves(reception: Reception) -> None:
    await reception.post("/desk/scan", scan=reception.card.code)
    visit = await reception.visit()
    answer = await reception.post("/desk/visits/close", visit=visit.id)
    assert reception.borrower.name not in answer.text
    assert await Visit.count().where(Visit.closed_at.is_null()) == 0


async def test_the_visit_of_another_site_shows_nobody(reception: Reception) -> None:
    elsewhere = await make.site()
    stranger = await make.borrower(site_id=elsewhere.id, name="Besnik Hoxha")
    visit = Visit(site=elsewhere.id, borrower=stranger.id, opened_at=clock.now())
    await visit.save()
    answer = await reception.client.get("/desk", params={"visit": str(visit.id)})
    assert answer.status_code == 200
    assert "Besnik" not in answer.text


async def test_a_repetition_leaves_the_screen_as_it_is(reception: Reception) -> None:
    loan = await reception.lend()
    await just_now(loan)
    recent = encode_recent([Done(UndoKind.CHECK_OUT, loan.id, clock.now())])
    answer = await reception.post("/desk/scan", scan=reception.item.code, recent=recent)
    assert (answer.status_code, answer.text) == (204, "")


async def just_now(loan: Loan) -> None:
    """However slow this machine, the item is handled less than two seconds ago."""
    moment = clock.now() + timedelta(seconds=1)
    await Loan.update({Loan.checked_out_at: moment}).where(Loan.id == loan.id)
    await Loan.update({Loan.returned_at: moment}).where(
        (Loan.id == loan.id) & Loan.returned_at.is_not_null()
    )


async def test_what_another_desk_has_just_lent_is_said_to_be_so(reception: Reception) -> None:
    await just_now(await reception.lend())
    answer = await reception.post("/desk/scan", scan=reception.item.code)
    assert refusal_in(answer) == "lending.scan-repeated"
    assert await reception.status() == "on_loan"


async def test_what_just_came_back_is_no_repetition_for_the_next_person(
    reception: Reception,
) -> None:
    loan = await reception.lend_earlier()
    await reception.post("/desk/scan", scan=reception.item.code)
    await just_now(loan)
    await reception.post("/desk/scan", scan=(await make.card((await make.borrower()).id)).code)
    visit = await reception.visit()
    await Visit.update({Visit.opened_at: clock.now() + timedelta(seconds=2)}, force=True)
    recent = encode_recent([Done(UndoKind.CHECK_IN, loan.id, clock.now())])
    scanned = {"scan": reception.item.code, "visit": visit.id, "recent": recent}
    assert refusal_in(await reception.post("/desk/scan", **scanned)) == "lending.scan-repeated"


async def test_without_javascript_the_answer_is_a_page(reception: Reception) -> None:
    answer = await reception.client.post("/desk/scan", data={"scan": reception.card.code})
    assert answer.text.startswith("<!doctype html>")
    assert reception.borrower.name in answer.text


async def test_there_is_no_desk_without_a_site(reception: Reception) -> None:
    await Site.update({Site.active: False}, force=True)
    await sign_in(reception.client, await make.user(role=Role.ADMIN))
    answer = await reception.client.get("/desk")
    assert answer.headers["location"] == "/site?next=/desk"


async def test_a_scan_tried_again_by_a_colleague_is_answered_as_it_was_first(
    reception: Reception,
) -> None:
    await reception.post("/desk/scan", scan=reception.card.code)
    scanned = {
        "scan": reception.item.code,
        "visit": (await reception.visit()).id,
        "attempt_id": "a-1",
    }
    first = await reception.post("/desk/scan", **scanned)
    loan = await reception.loan()
    await Loan.update({Loan.checked_out_at: clock.now() - timedelta(minutes=5)}).where(
        Loan.id == loan.id
    )
    colleague = await make.user(role=Role.COORDINATOR, site_id=reception.site.id)
    await sign_in(reception.client, colleague, site_id=reception.site.id)
    again = await reception.post("/desk/scan", **scanned)
    assert await reception.status() == "on_loan"
    assert ['data-sound="ok"' in answer.text for answer in (first, again)] == [True, True]


async def test_what_comes_back_says_who_had_it(reception: Reception) -> None:
    await reception.lend_earlier()
    back = await reception.post("/desk/scan", scan=reception.item.code)
    assert reception.borrower.name in back.text


async def test_somebody_suspended_may_take_nothing(reception: Reception) -> None:
    allowed = 'class="chips"'
    assert allowed in (await reception.post("/desk/scan", scan=reception.card.code)).text
    await Borrower.update({Borrower.suspended_at: clock.now()}, force=True)
    assert allowed not in (await reception.post("/desk/scan", scan=reception.card.code)).text


async def test_the_items_of_many_steps_are_read_together(reception: Reception) -> None:
    site, model = reception.site.id, reception.model.id
    items = [await make.item(site_id=site, model=model) for _ in range(3)]
    await ItemProblem(item=items[1].id, kind="damaged", reported_at=clock.now()).save()
    with db.count_statements() as sent:
        found = await read_items([item.code for item in items])
    assert len(sent) == 3
    assert [found[item.code].id for item in items] == [item.id for item in items]
    assert [len(found[item.code].problems) for item in items] == [0, 1, 0]
    assert [names for item in items for _, names in found[item.code].accessories] == ["Charger"] * 3


async def test_what_one_may_take_besides_is_counted_where_it_is_too_long_to_list(
    reception: Reception,
) -> None:
    kinds = [await make.category(f"Kind {number}") for number in range(ALLOWANCES_SHOWN + 1)]
    for kind in kinds:
        await make.policy(category_id=kind.id)
    opened = await reception.post("/desk/scan", scan=reception.card.code)
    assert "and 2 more" in opened.text
    assert f"Kind {ALLOWANCES_SHOWN}" not in opened.text
    for kind in kinds[:2]:
        await Category.update({Category.active: False}).where(Category.id == kind.id)
    opened = await reception.post("/desk/scan", scan=reception.card.code)
    assert "more</li>" not in opened.text


async def test_whoever_gives_a_card_in_a_visit_comes_back_to_it(reception: Reception) -> None:
    visit = await reception.open_visit()
    await BorrowerCard.delete(force=True)
    desk = (await reception.client.get(f"/desk?visit={visit}")).text
    form = desk[desk.index(f'action="/borrowers/{reception.borrower.id}/card"') :]
    assert f'name="visit" value="{visit}"' in form[: form.index("</form>")]
    path = f"/borrowers/{reception.borrower.id}"
    given = await reception.client.post(f"{path}/card", data={"visit": str(visit)})
    assert given.headers["location"] == f"{path}?visit={visit}#card"
    page = (await reception.client.get(f"{path}?visit={visit}")).text
    assert f'href="/desk?visit={visit}"' in page
    assert "/desk?visit=" not in (await reception.client.get(path)).text
