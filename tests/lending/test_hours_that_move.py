"""Other hours of the week move what is due while the door would be shut, and back again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import audit, events
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.lending.closures import announcements, telling
from comptoir.lending.closures.chains import Step, chain_to, resettled_due_at
from comptoir.lending.closures.preview import KIND, DueDatesPreview
from comptoir.lending.due_dates import DueMode
from comptoir.lending.events import BorrowerDueDatesMoved, DueDateMoved
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.tables import Borrower, Loan
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.changing_hours import preview_hours, set_hours
from comptoir.sites.errors import PreviewOutdated, SiteChanged, SitesForbidden
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from comptoir.sites.tables import Site
from tests import factories as make
from tests.lending.counter import Desk
from tests.sites.calendars import office

THURSDAY = date(2026, 11, 26)  # the day after tomorrow of ``now``
OLD, NO_THURSDAY = "Mo-Fr 09:00-17:00", "Mo-We,Fr 09:00-17:00"


def at(day: date, hour: float = 17) -> datetime:
    """That hour in Fribourg, in winter."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 1)


DUE, FRIDAY, MONDAY = at(THURSDAY), at(date(2026, 11, 27)), at(date(2026, 11, 30))


class Week:
    """A desk, its coordinator, and loans that are due on Thursday at 17:00."""

    def __init__(self, desk: Desk, now: datetime) -> None:
        self.desk, self.now, self.site = desk, now, desk.site.id

    async def loan(self, due: datetime = DUE, **values: Any) -> UUID:
        item = await self.desk.add_item()
        defaults = {"borrower_id": self.desk.borrower.id, "policy": self.desk.policy.id}
        made = await make.loan(
            item=item, now=self.now - timedelta(days=7), due_at=due, **defaults | values
        )
        return UUID(str(made.id))

    async def set(self, hours: str, seen: str = "") -> None:
        actor = await make.principal(Role.COORDINATOR, self.site)
        row = await Site.select(Site.version).where(Site.id == self.site).first()
        assert row is not None
        version = row["version"]
        await set_hours(actor, self.site, hours, version=version, seen=seen, now=self.now)

    async def look(self, hours: str) -> DueDatesPreview | None:
        actor = await make.principal(Role.COORDINATOR, self.site)
        found = await preview_hours(actor, self.site, hours, now=self.now)
        for each in found.consequences:
            if each.kind == KIND and isinstance(each.data, DueDatesPreview):
                return each.data
        return None


@pytest.fixture
async def week(desk: Desk, now: datetime) -> Week:
    return Week(desk, now)


async def due_of(loan_id: UUID) -> datetime:
    row = await Loan.select(Loan.due_at).where(Loan.id == loan_id).first()
    assert row is not None
    due: datetime = row["due_at"]
    return due


@pytest.mark.parametrize(
    ("mode", "after"),
    [
        ("open_days", FRIDAY),
        ("calendar_days_next_open", FRIDAY),
        # never a Thursday again, so the next open day after the one that was meant
        ("same_weekday", at(date(2026, 12, 4))),
        ("calendar_days", DUE),
        ("on_site", FRIDAY),
    ],
)
async def test_each_mode_moves_as_it_counts(week: Week, mode: str, after: datetime) -> None:
    policy = await make.policy(category_id=(await make.category()).id, mode=mode)
    loan = await week.loan(policy=policy.id)
    await week.set(NO_THURSDAY)
    assert await due_of(loan) == after


@pytest.mark.parametrize(
    ("hours", "after"),
    [
        ("Mo-Fr 09:00-18:00", DUE),  # open at 17:00 all the same
        ("Mo-Fr 09:00-16:30", at(date(2026, 11, 27), 16.5)),  # not the time that was promised
        ("Mo-Fr 18:00-20:00", at(THURSDAY, 20)),  # later on the same day
        ("Mo-Fr 09:00-17:00; Nov 23-Dec 04 off", at(date(2026, 12, 7))),
        ("", DUE),  # nobody has said that the door is shut
    ],
)
async def test_new_hours_move_what_is_due_outside_them(
    week: Week, hours: str, after: datetime
) -> None:
    loan = await week.loan()
    await week.set(hours)
    assert await due_of(loan) == after


async def test_end_of_eligibility_moves_back_to_the_last_open_day(week: Week) -> None:
    loan = await week.loan()
    await Borrower.update({Borrower.eligible_until: THURSDAY}, force=True)
    await week.set(NO_THURSDAY)
    assert await due_of(loan) == at(date(2026, 11, 25))


async def test_what_is_late_elsewhere_or_brought_back_does_not_move(week: Week) -> None:
    other = await make.site()
    late = await week.loan(DUE - timedelta(days=7))
    loans = [
        late,
        await week.loan(returned_at=week.now),
        await week.loan(return_site=other.id),
    ]
    await week.set(NO_THURSDAY)
    assert [await due_of(loan) for loan in loans] == [DUE - timedelta(days=7), DUE, DUE]


async def test_preview_says_what_the_hours_do_and_does_nothing(week: Week) -> None:
    loan = await week.loan()
    await week.loan(borrower_id=(await make.borrower(contact_kind="letter")).id)
    found = await week.look(NO_THURSDAY)
    assert found is not None
    assert (found.loans, found.people, found.unreachable) == (2, 2, {"letter": 1, "none": 1})
    assert [(day.before, day.after, day.back) for day in found.days] == [(THURSDAY, FRIDAY, False)]
    assert await due_of(loan) == DUE
    assert await week.look("Mo-Fr 08:00-18:00") is None


async def test_preview_of_hours_that_nobody_knows_blames_no_lending_rule(week: Week) -> None:
    loan = await week.loan()
    found = await week.look("")
    assert found is not None
    assert (found.loans, found.kept) == (0, 1)
    [stays] = found.unmoved
    assert (stays.opens, [each.loan_id for each in stays.named]) == (False, [loan])


async def test_each_move_is_an_event_and_each_person_is_told_once(week: Week) -> None:
    loans = [await week.loan(), await week.loan()]
    told: list[BorrowerDueDatesMoved] = []
    moved: list[DueDateMoved] = []

    async def hear(event: BorrowerDueDatesMoved) -> None:
        told.append(event)

    async def hear_each(event: DueDateMoved) -> None:
        moved.append(event)

    events.subscribe(BorrowerDueDatesMoved, hear)
    events.subscribe(DueDateMoved, hear_each)
    await week.set(NO_THURSDAY)
    [event] = told
    assert set(event.loan_ids) == set(loans)
    assert {(each.before, each.after, each.undone) for each in moved} == {(DUE, FRIDAY, False)}
    [person] = (await telling.people(week.desk.actor, event.batch)).people
    assert {each.loan_id for each in person.loans} == set(loans)
    [listed] = await announcements.announced_at(week.site, since=week.now)
    assert (listed.cause, listed.withdrawn, listed.kept) == ("weekly-hours", 0, ())
    [entry] = [each for _, each in await audit.timeline(loans[0])]
    assert entry.action == "loan.due_date_moved"


async def test_changing_the_hours_back_undoes_the_moves(week: Week) -> None:
    loan = await week.loan()
    await week.set(NO_THURSDAY)
    found = await week.look(OLD)
    assert found is not None
    assert [(day.after, day.back) for day in found.days] == [(DUE, True)]
    await week.set(OLD)
    assert await due_of(loan) == DUE
    assert [entry.action for _, entry in await audit.timeline(loan)] == [
        "loan.due_date_restored",
        "loan.due_date_moved",
    ]
    [listed] = await announcements.announced_at(week.site, since=week.now)
    assert (listed.withdrawn, listed.restored, listed.kept) == (1, 1, ())


async def test_hours_that_open_the_old_moment_for_another_reason_undo_it_too(week: Week) -> None:
    loan = await week.loan()
    await week.set(NO_THURSDAY)
    await week.set("Mo-Tu,Fr 09:00-17:00; Th 14:00-19:00")
    assert await due_of(loan) == DUE


async def test_what_two_changes_have_moved_goes_back_at_once(week: Week) -> None:
    loan = await week.loan()
    await week.set(NO_THURSDAY)
    await week.set("Mo-We 09:00-17:00")
    assert await due_of(loan) == MONDAY
    await week.set(OLD)
    assert await due_of(loan) == DUE
    assert await week.look(OLD) is None


async def test_change_that_opens_the_first_of_two_days_again_goes_back_so_far(week: Week) -> None:
    loan = await week.loan()
    await week.set(NO_THURSDAY)
    await week.set("Mo-We 09:00-17:00")
    await week.set(NO_THURSDAY)
    assert await due_of(loan) == FRIDAY
    await week.set(OLD)
    assert await due_of(loan) == DUE


async def test_nothing_goes_back_to_today_or_after_a_renewal(week: Week) -> None:
    loan, renewed = await week.loan(), await week.loan()
    await week.set(NO_THURSDAY)
    view = await renew_loan(week.desk.actor, renewed, now=week.now)
    week.now = at(THURSDAY, 8)
    await week.set(OLD)
    assert (await due_of(loan), await due_of(renewed)) == (FRIDAY, view.due_at)


async def test_hours_that_open_the_first_day_again_undo_a_closure_of_the_second_too(
    week: Week,
) -> None:
    loan = await week.loan()
    await week.set(NO_THURSDAY)
    actor = await make.principal(Role.COORDINATOR, week.site)
    friday = FRIDAY.date()
    shut = AnnounceException((week.site,), friday, friday, ExceptionKind.CLOSED)
    await announce_exception(actor, shut, now=week.now)
    assert await due_of(loan) == MONDAY
    await week.set(OLD)
    assert await due_of(loan) == DUE


async def test_what_was_looked_at_is_what_happens(week: Week) -> None:
    actor = await make.principal(Role.COORDINATOR, week.site)
    await week.loan()
    seen = (await preview_hours(actor, week.site, NO_THURSDAY, now=week.now)).seen
    late = await week.loan()
    with pytest.raises(PreviewOutdated):
        await week.set(NO_THURSDAY, seen)
    assert await due_of(late) == DUE
    seen = (await preview_hours(actor, week.site, NO_THURSDAY, now=week.now)).seen
    with pytest.raises(PreviewOutdated):
        await week.set("Mo-Tu 09:00-17:00", seen)
    await week.set(NO_THURSDAY, seen)
    assert await due_of(late) == FRIDAY


async def test_hours_of_a_site_that_changed_since_move_nothing(week: Week) -> None:
    loan = await week.loan()
    actor = await make.principal(Role.COORDINATOR, week.site)
    with pytest.raises(SiteChanged):
        await set_hours(actor, week.site, NO_THURSDAY, version=7, now=week.now)
    with pytest.raises(SitesForbidden):
        await preview_hours(week.desk.actor, week.site, NO_THURSDAY, now=week.now)
    assert await due_of(loan) == DUE


async def test_handler_that_fails_undoes_the_hours_too(week: Week) -> None:
    loan = await week.loan()

    async def fail(event: DueDateMoved) -> None:
        if event.loan_id == loan:
            raise RuntimeError("no")

    events.subscribe(DueDateMoved, fail)
    with pytest.raises(RuntimeError):
        await week.set(NO_THURSDAY)
    row = await Site.select(Site.opening_hours).where(Site.id == week.site).first()
    assert row is not None
    assert row["opening_hours"] == OLD
    assert await due_of(loan) == DUE


async def test_preview_is_a_sentence(week: Week) -> None:
    await week.loan()
    actor = await make.principal(Role.COORDINATOR, week.site)
    with use_language("en"):
        [found] = (await preview_hours(actor, week.site, NO_THURSDAY, now=week.now)).consequences
    assert found.text == "1 loan moves."


OFFICE_NOW = at(date(2026, 11, 23), 10)
ONE, TWO, THREE = at(THURSDAY, 18), at(date(2026, 11, 27), 18), at(date(2026, 11, 30), 18)


@pytest.mark.parametrize(
    ("moves", "present", "found"),
    [
        ([], TWO, None),
        ([(ONE, TWO)], TWO, ONE),
        ([(ONE, TWO), (TWO, THREE)], THREE, ONE),
        ([(ONE, TWO)], THREE, None),  # something else has moved it since
        ([(ONE, TWO), (at(THURSDAY, 19), THREE)], THREE, TWO),  # shut at 19:00: the next day
        ([(at(THURSDAY, 19), TWO), (TWO, THREE)], THREE, TWO),
        ([(at(OFFICE_NOW.date(), 18), TWO)], TWO, None),  # today
    ],
)
def test_way_back_is_as_far_as_the_door_is_open(
    moves: list[tuple[datetime, datetime]], present: datetime, found: Any
) -> None:
    batch = UUID(int=0)
    chain = chain_to(present, [Step(batch, batch, *move) for move in moves])
    firsts = [step.before for step in chain]
    mode = DueMode.CALENDAR_DAYS_NEXT_OPEN
    due = resettled_due_at(mode, present, firsts, office(), office(), now=OFFICE_NOW)
    assert due == found
