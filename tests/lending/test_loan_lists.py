"""Lists of loans: what is overdue, in which order, and whose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from comptoir.core import db
from comptoir.core.principal import SYSTEM, Role
from comptoir.inventory.tables import Item
from comptoir.lending.loans.listing import (
    LoanFilter,
    LoanPlace,
    LoanState,
    count_loans,
    list_loans,
    read_loan,
)
from comptoir.lending.loans.searching import find_loans
from comptoir.lending.tables import Loan
from tests import factories as make
from tests.lending.counter import Desk
from tests.lending.test_statements import reads_whole_table

OVERDUE = LoanFilter(state=LoanState.OVERDUE)


@pytest.fixture
async def shelf(database: Any) -> Any:
    """A site, its receptionist, and a way to make a loan due at a moment."""
    site = await make.site()
    actor = await make.principal(Role.RECEPTION, site.id)
    model = await make.model()
    borrower = await make.borrower(site_id=site.id)

    async def lend(due_at: datetime, **values: Any) -> Any:
        item = await make.item(site_id=values.pop("at", site.id), model=model.id)
        return await make.loan(
            item=item, borrower_id=borrower.id, now=make.MADE_AT, due_at=due_at, **values
        )

    return type("Shelf", (), {"site": site, "actor": actor, "lend": staticmethod(lend)})


async def test_overdue_comes_worst_first(shelf: Any, now: datetime) -> None:
    late = [await shelf.lend(now - timedelta(days=days)) for days in (3, 20, 9)]
    await shelf.lend(now + timedelta(days=1))
    page = await list_loans(shelf.actor, OVERDUE, now=now)
    assert [row.id for row in page.rows] == [late[1].id, late[2].id, late[0].id]
    assert [row.days_late for row in page.rows] == sorted(
        (row.days_late for row in page.rows), reverse=True
    )
    number = await count_loans(shelf.actor, LoanState.OVERDUE, site_id=shelf.site.id, now=now)
    assert number == 3


async def test_nobody_is_overdue_because_of_a_door_that_was_shut(shelf: Any) -> None:
    closing_on_friday = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
    await shelf.lend(closing_on_friday)
    sunday = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
    monday = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    assert (await list_loans(shelf.actor, OVERDUE, now=sunday)).rows == ()
    assert len((await list_loans(shelf.actor, OVERDUE, now=monday)).rows) == 1


async def test_only_the_doors_that_something_is_due_at_are_looked_at(
    shelf: Any, now: datetime
) -> None:
    await shelf.lend(now - timedelta(days=3))
    for hour in range(9, 14):
        await make.site(opens=8 * 60, closes=hour * 60)
    with db.count_statements() as sent:
        assert len((await list_loans(SYSTEM, OVERDUE, now=now)).rows) == 1
    # Each door that was last open at another moment would have a term of its own.
    assert max(each.count("loan.return_site IN") for each in sent) == 1


async def test_pages_hold_each_loan_once(shelf: Any, now: datetime) -> None:
    made = {(await shelf.lend(now + timedelta(days=number % 3))).id for number in range(7)}
    seen, after = [], None
    while True:
        page = await list_loans(shelf.actor, LoanFilter(limit=2, after=after), now=now)
        seen += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == 7
    assert set(seen) == made


async def test_returned_loans_come_latest_first(shelf: Any, now: datetime) -> None:
    first = await shelf.lend(now, returned_at=now - timedelta(days=2))
    second = await shelf.lend(now, returned_at=now - timedelta(days=1))
    page = await list_loans(shelf.actor, LoanFilter(state=LoanState.CLOSED, limit=1), now=now)
    assert [row.id for row in page.rows] == [second.id]
    following = LoanFilter(state=LoanState.CLOSED, limit=1, after=page.next)
    assert [row.id for row in (await list_loans(shelf.actor, following, now=now)).rows] == [
        first.id
    ]


@pytest.mark.parametrize("change", ["renewed", "returned"])
async def test_a_loan_that_moves_between_two_pages_takes_nothing_with_it(
    shelf: Any, now: datetime, change: str
) -> None:
    loans = [await shelf.lend(now + timedelta(days=days)) for days in range(4)]
    page = await list_loans(shelf.actor, LoanFilter(limit=2), now=now)
    values: dict[str, Any] = {
        "renewed": {Loan.due_at: now + timedelta(days=30)},
        "returned": {Loan.returned_at: now},
    }
    await Loan.update(values[change]).where(Loan.id == page.rows[-1].id)
    rest = await list_loans(shelf.actor, LoanFilter(after=page.next), now=now)
    assert [row.id for row in rest.rows][:2] == [loans[2].id, loans[3].id]


async def test_loans_of_other_sites_are_not_there(shelf: Any, now: datetime) -> None:
    elsewhere = await make.site()
    await shelf.lend(now - timedelta(days=9), at=elsewhere.id)
    assert (await list_loans(shelf.actor, OVERDUE, now=now)).rows == ()
    admin = await make.principal(Role.ADMIN)
    assert len((await list_loans(admin, OVERDUE, now=now)).rows) == 1


async def test_a_list_takes_the_same_statements_however_long(shelf: Any, now: datetime) -> None:
    for _ in range(2):
        with db.count_statements() as sent:
            await list_loans(shelf.actor, OVERDUE, now=now)
        assert len(sent) == 2
        for days in range(5):
            await shelf.lend(now - timedelta(days=days + 1))


async def test_over_several_sites_too_overdue_comes_worst_first(shelf: Any, now: datetime) -> None:
    """A door open seven days a week makes more open days late of the same due date."""
    everyday = await make.site(opening_hours="09:00-17:00")
    for days in (3, 8, 15, 30):
        for site in (shelf.site, everyday):
            await shelf.lend(now - timedelta(days=days), at=site.id)
    admin = await make.principal(Role.ADMIN)
    late: list[int] = []
    after = None
    while True:
        wanted = LoanFilter(state=LoanState.OVERDUE, limit=3, after=after)
        page = await list_loans(admin, wanted, now=now)
        late += [row.days_late for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(late) == 8
    assert late == sorted(late, reverse=True)
    by_date = [row.days_late for row in (await list_loans(admin, LoanFilter(), now=now)).rows]
    assert by_date != late, "the due date alone gives another order"


async def test_what_must_be_signed_and_is_not_has_a_list(shelf: Any, now: datetime) -> None:
    policies = {
        kind: await make.policy(category_id=(await make.category()).id, signature=kind)
        for kind in ("screen", "none")
    }
    unsigned = await shelf.lend(now, policy=policies["screen"].id)
    await shelf.lend(now, policy=policies["none"].id)
    await shelf.lend(now, policy=policies["screen"].id, returned_at=now)
    await shelf.lend(now)
    page = await list_loans(shelf.actor, LoanFilter(state=LoanState.UNSIGNED), now=now)
    assert [(row.id, row.unsigned) for row in page.rows] == [(unsigned.id, True)]
    opened = await list_loans(shelf.actor, LoanFilter(), now=now)
    assert [row.id for row in opened.rows if row.unsigned] == [unsigned.id]


async def test_what_was_undone_has_a_list(shelf: Any, now: datetime) -> None:
    await shelf.lend(now, returned_at=now)
    undone = await shelf.lend(now, returned_at=now, undone_at=now)
    for item in (None, await code_of(undone)):
        wanted = LoanFilter(state=LoanState.UNDONE, item=item)
        page = await list_loans(shelf.actor, wanted, now=now)
        assert [(row.id, row.undone) for row in page.rows] == [(undone.id, True)]


@pytest.mark.parametrize("text", ["diallo", "DIALO amina", "item", "half an item"])
async def test_a_loan_is_found_by_its_borrower_or_its_item(
    shelf: Any, now: datetime, text: str
) -> None:
    loan = await shelf.lend(now)
    other = await make.borrower(site_id=shelf.site.id, name="Bruno Keller")
    await make.loan(item=await make.item(site_id=shelf.site.id), borrower_id=other.id, now=now)
    code = await code_of(loan)
    text = {"item": code, "half an item": f"{code[:4].lower()}-"}.get(text, text)
    assert [row.id for row in (await find_loans(shelf.actor, text, now=now)).rows] == [loan.id]
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    assert (await find_loans(stranger, text, now=now)).rows == ()


async def code_of(loan: Any) -> str:
    row = await Item.select(Item.code).where(Item.id == loan.item).first()
    assert row is not None
    return str(row["code"])


@pytest.mark.parametrize(
    "state", [LoanState.OVERDUE, LoanState.CLOSED, LoanState.UNSIGNED, LoanState.UNDONE]
)
async def test_a_page_of_years_of_loans_is_found_by_an_index(
    shelf: Any, now: datetime, state: LoanState
) -> None:
    admin, place = await make.principal(Role.ADMIN), LoanPlace(now, shelf.site.id)
    with db.count_statements() as sent:
        await list_loans(admin, LoanFilter(state=state), now=now)
        await list_loans(admin, LoanFilter(state=state, after=place), now=now)
    assert [plan for each in sent if (plan := await reads_whole_table(each))] == []


async def test_a_loan_that_was_undone_did_not_come_back(shelf: Any, now: datetime) -> None:
    returned = await shelf.lend(now, returned_at=now)
    await shelf.lend(now, returned_at=now, undone_at=now)
    page = await list_loans(shelf.actor, LoanFilter(state=LoanState.CLOSED), now=now)
    assert [row.id for row in page.rows] == [returned.id]


async def test_a_loan_is_shown_at_its_sites_only(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    shown = await read_loan(desk.actor, loan.id, now=now)
    assert shown is not None
    assert shown.code == desk.item.code
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    assert await read_loan(stranger, loan.id, now=now) is None
