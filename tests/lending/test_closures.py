"""A closure moves what is due: which loans, where to, back again, and whom to tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import audit, events
from comptoir.core.i18n import use_language
from comptoir.core.principal import Principal, Role
from comptoir.inventory.tables import Item
from comptoir.lending.closures import telling
from comptoir.lending.closures.preview import KIND, DueDatesPreview
from comptoir.lending.errors import CheckOutRefused, MovesNotFound
from comptoir.lending.events import BorrowerDueDatesMoved, DueDateMoved
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.tables import Borrower, Loan
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.errors import PreviewOutdated, SitesForbidden
from comptoir.sites.exceptions.previews import preview_exception
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception, withdraw_exception
from comptoir.sites.opening_hours import Times
from comptoir.sites.tables import HoursException, Site
from tests import factories as make
from tests.lending.counter import Desk

THURSDAY = date(2026, 11, 26)  # the day after tomorrow of ``now``


def at(day: date, hour: int = 17) -> datetime:
    """That hour in Fribourg, in winter."""
    return datetime(day.year, day.month, day.day, hour - 1, tzinfo=UTC)


DUE, FRIDAY = at(THURSDAY), at(date(2026, 11, 27))


def closing(*site_ids: UUID, **values: Any) -> AnnounceException:
    command: dict[str, Any] = {
        "sites": site_ids,
        "first_day": THURSDAY,
        "last_day": THURSDAY,
        "kind": ExceptionKind.CLOSED,
        **values,
    }
    return AnnounceException(**command)


class Closing:
    """A desk, its coordinator, and loans that are due on Thursday at 17:00."""

    def __init__(self, desk: Desk, actor: Principal, now: datetime) -> None:
        self.desk, self.actor, self.now = desk, actor, now
        self.site = desk.site.id

    async def loan(self, due: datetime = DUE, **values: Any) -> UUID:
        item = await self.desk.add_item()
        defaults = {"borrower_id": self.desk.borrower.id, "policy": self.desk.policy.id}
        made = await make.loan(
            item=item, now=self.now - timedelta(days=7), due_at=due, **defaults | values
        )
        return UUID(str(made.id))

    async def announce(self, **values: Any) -> Any:
        sites = values.pop("sites", (self.site,))
        return await announce_exception(self.actor, closing(*sites, **values), now=self.now)

    async def preview(self, **values: Any) -> DueDatesPreview | None:
        found = await preview_exception(self.actor, closing(self.site, **values), now=self.now)
        for each in found.consequences:
            if each.kind == KIND and isinstance(each.data, DueDatesPreview):
                return each.data
        return None

    async def withdraw(self, exception_id: UUID, now: datetime | None = None) -> None:
        await withdraw_exception(self.actor, exception_id, now=now or self.now)


async def due_of(loan_id: UUID) -> datetime:
    row = await Loan.select(Loan.due_at).where(Loan.id == loan_id).first()
    assert row is not None
    due: datetime = row["due_at"]
    return due


@pytest.fixture
async def closure(desk: Desk, now: datetime) -> Closing:
    actor = await make.principal(Role.COORDINATOR, desk.site.id)
    return Closing(desk, actor, now)


async def test_what_is_due_on_the_closed_day_moves_to_the_next_open_one(closure: Closing) -> None:
    due, other = await closure.loan(), await closure.loan(FRIDAY)
    await closure.announce()
    assert (await due_of(due), await due_of(other)) == (FRIDAY, FRIDAY)
    [entry] = [each for _, each in await audit.timeline(due)]
    assert entry.action == "loan.due_date_moved"
    assert [datetime.fromisoformat(text) for text in entry.changes["due_at"]] == [DUE, FRIDAY]
    assert await audit.timeline(other) == []


async def test_preview_says_what_the_announcement_does_and_does_nothing(
    closure: Closing,
) -> None:
    due = await closure.loan()
    letter = await make.borrower(contact_kind="letter")
    phone = await make.borrower(contact_kind="phone", phone="+41265550110")
    for person in (letter, letter, phone):
        await closure.loan(borrower_id=person.id)
    found = await closure.preview()
    assert found is not None
    assert (found.loans, found.people, found.unreachable) == (4, 3, {"letter": 1, "none": 1})
    assert [(day.before, day.after, day.count) for day in found.days] == [(THURSDAY, FRIDAY, 4)]
    assert await due_of(due) == DUE


async def test_preview_tells_which_loans_wait_for_their_weekday(closure: Closing) -> None:
    policy = await make.policy(category_id=(await make.category()).id, mode="same_weekday")
    await closure.loan()
    await closure.loan(policy=policy.id)
    found = await closure.preview()
    assert found is not None
    assert [(day.after, day.same_weekday) for day in found.days] == [
        (FRIDAY, False),
        (at(THURSDAY + timedelta(days=7)), True),
    ]


async def test_list_leads_back_to_the_sites_of_its_reader_alone(closure: Closing) -> None:
    other = await make.site()
    await closure.loan()
    await closure.loan(return_site=other.id)
    closure.actor = await make.principal(Role.ADMIN)
    announced = await closure.announce(sites=(closure.site, other.id))
    found = await telling.sites(closure.desk.actor, announced.id)
    assert [site.id for site in found] == [closure.site]
    assert len(await telling.sites(closure.actor, announced.id)) == 2


async def test_nothing_due_hangs_on_a_day_without_loans(closure: Closing) -> None:
    await closure.loan(FRIDAY)
    assert await closure.preview() is None


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


async def test_taking_it_back_before_it_begins_undoes_the_moves(closure: Closing) -> None:
    loan = await closure.loan()
    announced = await closure.announce()
    await closure.withdraw(announced.ids[0])
    assert await due_of(loan) == DUE
    actions = [entry.action for _, entry in await audit.timeline(loan)]
    assert actions == ["loan.due_date_restored", "loan.due_date_moved"]
    [person] = (await telling.people(closure.actor, announced.id)).people
    assert [(each.undone, each.due_at) for each in person.loans] == [(True, DUE)]


async def test_taking_it_back_leaves_what_was_renewed_or_brought_back(closure: Closing) -> None:
    renewed, returned = await closure.loan(), await closure.loan()
    announced = await closure.announce()
    view = await renew_loan(closure.desk.actor, renewed, now=closure.now)
    row = await Item.select(Item.code).where(
        Item.id == (await Loan.select(Loan.item).where(Loan.id == returned))[0]["item"]
    )
    await check_in(closure.desk.actor, CheckIn(item=row[0]["code"]), now=closure.now)
    await closure.withdraw(announced.ids[0])
    assert (await due_of(renewed), await due_of(returned)) == (view.due_at, FRIDAY)


async def test_taking_it_back_once_it_began_leaves_the_dates(closure: Closing) -> None:
    loan = await closure.loan()
    announced = await closure.announce(first_day=date(2026, 11, 25))
    await closure.withdraw(announced.ids[0], now=at(date(2026, 11, 25), 8))
    assert await due_of(loan) == FRIDAY


async def test_taking_it_back_leaves_a_day_that_is_shut_all_the_same(closure: Closing) -> None:
    loan = await closure.loan()
    first = await closure.announce()
    await closure.announce(yearly=True, last_day=THURSDAY)
    await closure.withdraw(first.ids[0])
    assert await due_of(loan) == FRIDAY


async def test_taking_it_back_after_the_hours_changed_goes_to_the_closing_of_the_old_day(
    closure: Closing,
) -> None:
    loan = await closure.loan(at(THURSDAY, 18))
    await Loan.update({Loan.due_at: DUE + timedelta(minutes=30)}).where(Loan.id == loan)
    late = await closure.loan()
    await Site.update({Site.opening_hours: "Mo-We,Fr 09:00-17:00; Th 09:00-17:30"}).where(
        Site.id == closure.site
    )
    announced = await closure.announce()
    await Site.update({Site.opening_hours: "Mo-We,Fr 09:00-17:00; Th 09:00-16:30"}).where(
        Site.id == closure.site
    )
    await closure.withdraw(announced.ids[0])
    closing_now = DUE - timedelta(minutes=30)
    assert (await due_of(loan), await due_of(late)) == (closing_now, closing_now)


async def test_withdrawn_closure_tells_what_went_back_and_names_what_did_not(
    closure: Closing,
) -> None:
    await closure.loan()
    renewed = await closure.loan()
    announced = await closure.announce()
    [standing] = await telling.announced_at(closure.site, since=closure.now)
    assert (standing.withdrawn, standing.restored, standing.kept) == (0, 0, ())
    await renew_loan(closure.desk.actor, renewed, now=closure.now)
    await closure.withdraw(announced.ids[0])
    [found] = await telling.announced_at(closure.site, since=closure.now)
    assert (found.loans, found.withdrawn, found.restored) == (2, 2, 1)
    assert [each.loan_id for each in found.kept] == [renewed]
    with use_language("en"):
        text = await telling.outcome(announced.ids[0])
    assert text == (
        "1 loan is due on its old day again. 1 loan keeps its later day and is named below."
    )
    one = await telling.announcement(closure.desk.actor, announced.id)
    assert (one.withdrawn, one.restored) == (2, 1)


async def test_closure_withdrawn_at_one_of_two_sites_is_withdrawn_in_part(
    closure: Closing,
) -> None:
    other = await make.site()
    loans = [await closure.loan(), await closure.loan(return_site=other.id)]
    closure.actor = await make.principal(Role.ADMIN)
    announced = await closure.announce(sites=(closure.site, other.id))
    [gone] = await HoursException.select(HoursException.id).where(
        HoursException.site == closure.site
    )
    await closure.withdraw(gone["id"])
    assert [await due_of(loan) for loan in loans] == [DUE, FRIDAY]
    one = await telling.announcement(closure.actor, announced.id)
    assert (one.loans, one.withdrawn, one.restored) == (2, 1, 1)


async def test_announcement_asks_again_when_something_changed_since_the_preview(
    closure: Closing,
) -> None:
    await closure.loan()
    seen = (await preview_exception(closure.actor, closing(closure.site), now=closure.now)).seen
    late = await closure.loan()
    with pytest.raises(PreviewOutdated):
        await closure.announce(seen=seen)
    assert await due_of(late) == DUE
    again = await preview_exception(closure.actor, closing(closure.site), now=closure.now)
    await closure.announce(seen=again.seen)
    assert await due_of(late) == FRIDAY


async def test_what_was_seen_is_for_the_days_that_were_looked_at(closure: Closing) -> None:
    seen = (await preview_exception(closure.actor, closing(closure.site), now=closure.now)).seen
    with pytest.raises(PreviewOutdated):
        await closure.announce(seen=seen, last_day=date(2026, 11, 27))


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


async def test_reception_may_not_look(closure: Closing) -> None:
    with pytest.raises(SitesForbidden):
        await preview_exception(closure.desk.actor, closing(closure.site), now=closure.now)


async def test_people_of_other_sites_are_not_told_of(closure: Closing) -> None:
    await closure.loan()
    announced = await closure.announce()
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    with pytest.raises(MovesNotFound):
        await telling.people(stranger, announced.id)
    assert await telling.announced(stranger) == ([], None)
    [line] = (await telling.announced(closure.desk.actor))[0]
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


async def test_preview_warns_of_a_door_that_stays_shut_for_long(closure: Closing) -> None:
    for days, warned in ((10, False), (60, True)):
        command = closing(closure.site, last_day=THURSDAY + timedelta(days=days))
        found = await preview_exception(closure.actor, command, now=closure.now)
        assert bool(found.warnings) is warned
