"""A closure moves what is due: which loans, where to, back again, and whom to tell."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from comptoir.core import audit, events
from comptoir.core.principal import Role
from comptoir.lending.closures import announcements, telling
from comptoir.lending.errors import CheckOutRefused, MovesNotFound
from comptoir.lending.events import BorrowerDueDatesMoved, DueDateMoved
from comptoir.lending.tables import Borrower
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.opening_hours import Times
from tests import factories as make
from tests.lending.closing import DUE, FRIDAY, THURSDAY, Closing, at, due_of


async def test_what_is_due_on_the_closed_day_moves_to_the_next_open_one(closure: Closing) -> None:
    due, other = await closure.loan(), await closure.loan(FRIDAY)
    await closure.announce()
    assert (await due_of(due), await due_of(other)) == (FRIDAY, FRIDAY)
    [entry] = [each for _, each in await audit.timeline(due)]
    assert entry.action == "loan.due_date_moved"
    assert [datetime.fromisoformat(text) for text in entry.changes["due_at"]] == [DUE, FRIDAY]
    assert await audit.timeline(other) == []


async def test_list_leads_back_to_the_sites_of_its_reader_alone(closure: Closing) -> None:
    other = await make.site()
    await closure.loan()
    await closure.loan(return_site=other.id)
    closure.actor = await make.principal(Role.ADMIN)
    announced = await closure.announce(sites=(closure.site, other.id))
    found = await announcements.sites(closure.desk.actor, announced.id)
    assert [site.id for site in found] == [closure.site]
    assert len(await announcements.sites(closure.actor, announced.id)) == 2


@pytest.mark.parametrize(
    ("mode", "after"),
    [
        ("open_days", FRIDAY),
        ("calendar_days_next_open", FRIDAY),
        ("same_weekday", at(THURSDAY + timedelta(days=7))),
        ("calendar_days", DUE),
        ("on_site", FRIDAY),
    ],
)
async def test_each_mode_moves_as_it_counts(closure: Closing, mode: str, after: datetime) -> None:
    policy = await make.policy(category_id=(await make.category()).id, mode=mode)
    loan = await closure.loan(policy=policy.id)
    await closure.announce()
    assert await due_of(loan) == after


async def test_loan_that_counts_every_day_is_told_to_stay(closure: Closing) -> None:
    policy = await make.policy(category_id=(await make.category()).id, mode="calendar_days")
    await closure.loan(policy=policy.id)
    found = await closure.preview()
    assert found is not None
    assert (found.loans, found.kept) == (0, 1)


async def test_end_of_eligibility_moves_back_to_the_last_open_day(closure: Closing) -> None:
    loan = await closure.loan()
    await Borrower.update({Borrower.eligible_until: THURSDAY}, force=True)
    found = await closure.preview()
    assert found is not None
    assert [day.earlier for day in found.days] == [True]
    await closure.announce()
    assert await due_of(loan) == at(date(2026, 11, 25))


@pytest.mark.parametrize("first_day", [date(2026, 11, 24), date(2026, 11, 25)])
async def test_end_of_eligibility_makes_nobody_late_when_no_open_day_after_today_is_left(
    closure: Closing, first_day: date
) -> None:
    loan = await closure.loan()
    await Borrower.update({Borrower.eligible_until: THURSDAY}, force=True)
    await closure.announce(first_day=first_day, last_day=THURSDAY)
    assert await due_of(loan) == FRIDAY


@pytest.mark.parametrize(
    ("hours", "after"),
    [
        ((Times(540, 720),), FRIDAY),  # shut from noon: not the time that was promised
        ((Times(540, 1200),), DUE),  # open at 17:00 all the same
        ((Times(1080, 1200),), at(THURSDAY, 20)),  # later on the same day
    ],
)
async def test_other_hours_move_what_is_due_outside_them(
    closure: Closing, hours: tuple[Times, ...], after: datetime
) -> None:
    loan = await closure.loan()
    await closure.announce(kind=ExceptionKind.OPEN, hours=hours)
    assert await due_of(loan) == after


async def test_opening_on_a_holiday_or_a_sunday_moves_nothing(closure: Closing) -> None:
    sunday = date(2026, 11, 29)
    loan = await closure.loan(at(sunday))
    await closure.announce(first_day=sunday, last_day=sunday, kind=ExceptionKind.AS_USUAL)
    hours = (Times(540, 600),)
    other = sunday + timedelta(days=7)
    late = await closure.loan(at(other))
    await closure.announce(first_day=other, last_day=other, kind=ExceptionKind.OPEN, hours=hours)
    assert (await due_of(loan), await due_of(late)) == (at(sunday), at(other))


async def test_what_is_late_or_brought_back_does_not_move(closure: Closing) -> None:
    late = await closure.loan(at(date(2026, 11, 24), 14))
    back = await closure.loan(returned_at=closure.now)
    await closure.announce(first_day=date(2026, 11, 24))
    assert (await due_of(late), await due_of(back)) == (at(date(2026, 11, 24), 14), DUE)


async def test_closing_today_moves_what_is_due_this_evening(closure: Closing) -> None:
    today = closure.now.date()
    loan = await closure.loan(at(today))
    await closure.announce(first_day=today, last_day=today)
    assert await due_of(loan) == at(today + timedelta(days=1))


async def test_every_occurrence_of_a_yearly_closure_moves_what_is_due(closure: Closing) -> None:
    next_year = date(2027, 11, 26)  # a Friday
    loans = [await closure.loan(), await closure.loan(at(next_year))]
    await closure.announce(yearly=True)
    assert [await due_of(loan) for loan in loans] == [FRIDAY, at(date(2027, 11, 29))]


async def test_loans_are_moved_at_the_site_where_they_are_due(closure: Closing) -> None:
    other = await make.site()
    here, there = await closure.loan(), await closure.loan(return_site=other.id)
    await closure.announce()
    assert (await due_of(here), await due_of(there)) == (FRIDAY, DUE)
    closure.actor = await make.principal(Role.ADMIN)
    await closure.announce(sites=(other.id,))
    assert await due_of(there) == FRIDAY


async def test_closure_of_several_sites_tells_each_person_once(closure: Closing) -> None:
    other = await make.site()
    loans = [await closure.loan(), await closure.loan(return_site=other.id)]
    told: list[BorrowerDueDatesMoved] = []
    moved: list[DueDateMoved] = []

    async def hear(event: BorrowerDueDatesMoved) -> None:
        told.append(event)

    async def hear_each(event: DueDateMoved) -> None:
        moved.append(event)

    events.subscribe(BorrowerDueDatesMoved, hear)
    events.subscribe(DueDateMoved, hear_each)
    closure.actor = await make.principal(Role.ADMIN)
    announced = await closure.announce(sites=(closure.site, other.id))
    [event] = told
    assert (event.borrower_id, event.batch) == (closure.desk.borrower.id, announced.id)
    assert set(event.loan_ids) == set(loans) == {each.loan_id for each in moved}
    assert {(each.before, each.after, each.undone) for each in moved} == {(DUE, FRIDAY, False)}
    [person] = (await telling.people(closure.actor, announced.id)).people
    assert {loan.loan_id for loan in person.loans} == set(loans)


async def test_handler_that_fails_undoes_the_announcement_too(closure: Closing) -> None:
    loan = await closure.loan()

    async def fail(event: DueDateMoved) -> None:
        if event.loan_id == loan:
            raise RuntimeError("no")

    events.subscribe(DueDateMoved, fail)
    with pytest.raises(RuntimeError):
        await closure.announce()
    assert await due_of(loan) == DUE
    assert await closure.preview() is not None


async def test_people_of_other_sites_are_not_told_of(closure: Closing) -> None:
    await closure.loan()
    announced = await closure.announce()
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    with pytest.raises(MovesNotFound):
        await telling.people(stranger, announced.id)
    assert await announcements.announced(stranger) == ([], None)
    [line] = (await announcements.announced(closure.desk.actor))[0]
    assert (line.id, line.people, line.loans) == (announced.id, 1, 1)


async def test_people_come_by_name_in_pages(closure: Closing) -> None:
    names = ["Zoé", "Émile", "Amina"]
    for name in names:
        person = await make.borrower(name=name)
        await closure.loan(borrower_id=person.id)
    announced = await closure.announce()
    first = await telling.people(closure.actor, announced.id, limit=2)
    assert [person.name for person in first.people] == ["Amina", "Émile"]
    last = await telling.people(closure.actor, announced.id, after=first.next, limit=2)
    assert ([person.name for person in last.people], last.next) == (["Zoé"], None)


async def test_closure_without_an_open_day_in_sight_is_named_as_what_stops_lending(
    closure: Closing,
) -> None:
    later = THURSDAY + timedelta(days=366)
    for first in (THURSDAY, later + timedelta(days=1)):
        await make.closure(
            site_id=closure.site, first_day=first, last_day=first + timedelta(days=366)
        )
    with pytest.raises(CheckOutRefused) as refused:
        await closure.desk.lend(at(THURSDAY, 10))
    assert refused.value.code == "lending.site-closed-for-long"
