"""A month of sweeps with outages, clock changes, closures and returns: nothing lost or twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.core.ids import new_id
from comptoir.notifications.quiet_hours import SendingHours
from comptoir.notifications.rules import (
    Bundle,
    Level,
    OpenLoan,
    Reminder,
    ReminderRule,
    Sent,
    Unit,
    When,
    due_reminders,
    place_at,
    threshold,
)
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar
from tests.sites.calendars import office

#: How often a sweep runs here: rarely enough that a month takes no minute.
STEP = timedelta(hours=2)
DAYS = 34
STEPS = DAYS * 12
RULES = [
    ReminderRule(Level(When.BEFORE, 7), "due-soon"),
    ReminderRule(Level(When.BEFORE, 2), "due-soon"),
    ReminderRule(Level(When.BEFORE, 26, Unit.HOURS), "due-soon"),
    ReminderRule(Level(When.BEFORE, 3, Unit.HOURS), "due-soon"),
    ReminderRule(Level(When.ON_DAY), "due-today"),
    ReminderRule(Level(When.AFTER, 5, Unit.HOURS), "overdue-1"),
    ReminderRule(Level(When.AFTER, 1), "overdue-1"),
    ReminderRule(Level(When.AFTER, 6), "overdue-2"),
    ReminderRule(Level(When.AFTER, 10), "overdue-call", is_for_person=True),
    ReminderRule(Level(When.AFTER, 12), "overdue-3"),
]
ZONES = [ZoneInfo("Europe/Zurich"), ZoneInfo("Europe/Paris"), ZoneInfo("Australia/Lord_Howe")]


class Month:
    """One person's loans, when each comes back, and when anything ran at all."""

    def __init__(
        self,
        calendars: dict[UUID, SiteCalendar],
        loans: list[OpenLoan],
        returned: dict[UUID, datetime],
        ticks: list[datetime],
    ) -> None:
        self.calendars, self.loans, self.returned, self.ticks = calendars, loans, returned, ticks
        self.texts: list[tuple[datetime, Bundle]] = []
        self.lines: list[tuple[datetime, Reminder]] = []

    def __repr__(self) -> str:
        """What was sent, by day: the rest is too long to read."""
        lines = [
            f"{each.site_id} {each.due_at} {self.returned[each.loan_id]}" for each in self.loans
        ]
        lines += [f"{at}: {rule}" for each in self.loans for at, rule in self.told(each)]
        return "\n".join(lines)

    def play(self) -> None:
        """Sweep at each tick, and keep what was sent as a service would."""
        loans = {each.loan_id: each for each in self.loans}
        last_text = None
        for now in self.ticks:
            out = [each for each in loans.values() if self.returned[each.loan_id] > now]
            places = {
                site: place_at(calendar, SendingHours(), now=now)
                for site, calendar in self.calendars.items()
            }
            found = due_reminders(out, places, last_text=last_text, now=now)
            reached = list(found.for_person)
            self.lines += [(now, each) for each in found.for_person]
            if found.bundle is not None:
                self.texts.append((now, found.bundle))
                reached += [*found.bundle.reminders, *found.bundle.also]
                last_text = now
            for each in reached:
                was = loans[each.loan.loan_id]
                sent = (*was.sent, Sent(each.rule.level, now))
                loans[was.loan_id] = msgspec.structs.replace(was, sent=sent)

    def told(self, loan: OpenLoan) -> list[tuple[datetime, ReminderRule]]:
        """What was sent about a loan, in order."""
        found = [
            (at, each.rule)
            for at, bundle in self.texts
            for each in (*bundle.reminders, *bundle.also)
            if each.loan.loan_id == loan.loan_id
        ]
        found += [(at, each.rule) for at, each in self.lines if each.loan.loan_id == loan.loan_id]
        return sorted(found, key=lambda each: each[0])

    def zone(self, loan: OpenLoan) -> ZoneInfo:
        return self.calendars[loan.site_id].zone

    def may_arrive(self, loan: OpenLoan, now: datetime) -> bool:
        """By the clock on the wall, as a person would look it up."""
        local = now.astimezone(self.zone(loan))
        holidays = {date(2026, 4, 6), date(2026, 11, 11)}  # of France
        is_quiet_day = local.weekday() == 6 or local.date() in holidays
        return time(8) <= local.time() < time(20) and not is_quiet_day

    def was_open(self, loan: OpenLoan, now: datetime) -> bool:
        """True if somebody could have brought it back since it was due."""
        calendar = self.calendars[loan.site_id]
        day, last = calendar.local_date(loan.due_at), calendar.local_date(now)
        while day <= last:
            intervals = calendar.intervals(day)
            if any(each.closes > loan.due_at and each.opens <= now for each in intervals):
                return True
            day += timedelta(days=1)
        return False


@st.composite
def months(draw: st.DrawFn) -> Month:
    """From a few days before a change of the clocks, or over the end of November."""
    first = draw(st.sampled_from([date(2026, 3, 16), date(2026, 10, 12), date(2026, 11, 16)]))
    start = datetime.combine(first, time(), UTC)
    zone = draw(st.sampled_from(ZONES))
    shut = tuple(
        DayException(day, day + timedelta(days=length), ExceptionKind.CLOSED)
        for day, length in draw(
            st.lists(
                st.tuples(
                    st.integers(0, DAYS).map(lambda days: first + timedelta(days=days)),
                    st.integers(0, 6),
                ),
                max_size=2,
            )
        )
    )
    sites = [new_id(), new_id()]
    calendars = {
        sites[0]: SiteCalendar(zone, office().hours(), shut, "FR"),
        sites[1]: SiteCalendar(zone, office().hours(), (), "FR"),
    }
    plan = tuple(rule for rule in RULES if draw(st.booleans()))
    ticks = [start + number * STEP for number in range(STEPS)]
    for begin, length in draw(
        st.lists(st.tuples(st.integers(0, STEPS), st.integers(1, 60)), max_size=3)
    ):
        down = start + begin * STEP
        ticks = [each for each in ticks if not down <= each < down + length * STEP]
    loans, returned = [], {}
    for minutes, days_out in draw(
        st.lists(
            st.tuples(st.integers(-3 * 24 * 60, DAYS * 24 * 60), st.integers(-5, 40)),
            min_size=1,
            max_size=4,
        )
    ):
        loan = OpenLoan(
            loan_id=new_id(),
            site_id=draw(st.sampled_from(sites)),
            due_at=start + timedelta(minutes=minutes),
            since=start - timedelta(days=30),
            rules=plan,
        )
        loans.append(loan)
        returned[loan.loan_id] = loan.due_at + timedelta(days=days_out)
    month = Month(calendars, loans, returned, ticks)
    month.play()
    return month


def before_levels(month: Month, loan: OpenLoan) -> Iterator[tuple[datetime, ReminderRule]]:
    for rule in loan.rules:
        at = threshold(rule.level, loan.due_at, month.zone(loan))
        if rule.level.when is not When.AFTER and loan.since < at < loan.due_at:
            yield at, rule


def after_levels(month: Month, loan: OpenLoan) -> list[tuple[datetime, ReminderRule]]:
    found = [
        (threshold(rule.level, loan.due_at, month.zone(loan)), rule)
        for rule in loan.rules
        if rule.level.when is When.AFTER
    ]
    return sorted(found, key=lambda each: each[0])


@settings(max_examples=60)
@given(months())
def test_nothing_is_sent_twice_too_early_or_too_late(month: Month) -> None:
    for loan in month.loans:
        told = month.told(loan)
        assert len({rule.level for _, rule in told}) == len(told)
        for at, rule in told:
            assert at < month.returned[loan.loan_id]
            if rule.level.when is When.AFTER:
                assert at >= threshold(rule.level, loan.due_at, month.zone(loan))
                assert month.was_open(loan, at)
            else:
                assert at < loan.due_at


@settings(max_examples=60)
@given(months())
def test_one_text_a_day_and_none_in_the_quiet(month: Month) -> None:
    days = []
    for at, bundle in month.texts:
        first = bundle.reminders[0].loan
        days.append(at.astimezone(month.zone(first)).date())
        named = [each.loan for each in (*bundle.reminders, *bundle.also)]
        assert any(month.may_arrive(each, at) for each in named)
        overdue = [each for each in bundle.reminders if each.loan.due_at <= at]
        assert overdue in ([], list(bundle.reminders))
        assert bundle.kind.startswith("overdue") is bool(overdue)
        assert all(each.loan.due_at > at for each in bundle.also)
    assert len(days) == len(set(days))


@settings(max_examples=60)
@given(months())
def test_no_level_before_the_due_moment_is_lost(month: Month) -> None:
    for loan in month.loans:
        until = min(loan.due_at, month.returned[loan.loan_id])
        told = [
            (at, threshold(rule.level, loan.due_at, month.zone(loan)))
            for at, rule in month.told(loan)
        ]
        for reached, _ in before_levels(month, loan):
            chances = [
                each
                for each in month.ticks
                if reached <= each < until and month.may_arrive(loan, each)
            ]
            if chances:
                assert any(at <= chances[0] and level >= reached for at, level in told)


@settings(max_examples=60)
@given(months())
def test_overdue_levels_come_in_order_and_none_is_lost(month: Month) -> None:
    for loan in month.loans:
        levels = after_levels(month, loan)
        told = [(at, rule) for at, rule in month.told(loan) if rule.level.when is When.AFTER]
        assert [rule for _, rule in told] == [rule for _, rule in levels[: len(told)]]
        earliest = datetime.min.replace(tzinfo=UTC)
        for number, (reached, rule) in enumerate(levels):
            sent = told[number][0] if number < len(told) else None
            from_then_on = max(reached, earliest)
            assert sent is None or sent >= from_then_on
            chances = [
                each
                for each in month.ticks
                if from_then_on <= each < month.returned[loan.loan_id]
                and each >= loan.due_at
                and month.was_open(loan, each)
                and (rule.is_for_person or month.may_arrive(loan, each))
            ]
            # A text of the same day may have gone out before: then it is the next morning's.
            days = sorted({each.astimezone(month.zone(loan)).date() for each in chances})
            if rule.is_for_person and chances:
                assert sent == chances[0]
            elif len(days) > 1:
                assert sent is not None
                assert sent.astimezone(month.zone(loan)).date() <= days[1]
            if sent is None:
                break
            following = levels[number + 1][0] if number + 1 < len(levels) else reached
            earliest = sent + (following - reached)
