"""What holds for any week, any zone, any moment and any length."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given
from hypothesis import strategies as st

from comptoir.lending.due_dates import (
    DueMode,
    due_at,
    due_time,
    late_days,
    overdue_days,
    renewed_due_at,
)
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.sites.opening_hours import Span
from tests.sites.calendars import ZURICH, WeeklyHours, moments, weekly_hours

opening_weeks = weekly_hours(least_days=1)
lengths = st.integers(1, 120)
modes_in_days = st.sampled_from([mode for mode in DueMode if mode is not DueMode.ON_SITE])
modes_to_open_days = st.sampled_from(
    [DueMode.OPEN_DAYS, DueMode.CALENDAR_DAYS_NEXT_OPEN, DueMode.SAME_WEEKDAY]
)
caps = st.one_of(st.none(), st.integers(-3, 60))


def cap_after(start: datetime, calendar: WeeklyHours, days: int | None) -> date | None:
    return None if days is None else calendar.local_date(start) + timedelta(days=days)


@given(lengths, modes_in_days, moments(), opening_weeks)
def test_without_a_cap_there_is_always_a_due_time_later_than_the_start(
    length: int, mode: DueMode, start: datetime, calendar: WeeklyHours
) -> None:
    due = due_at(length, mode, start, calendar)
    assert isinstance(due, datetime)
    assert due > start
    assert due == due_at(length, mode, start, calendar)


@given(lengths, modes_to_open_days, moments(), opening_weeks)
def test_due_is_at_the_closing_of_an_open_day(
    length: int, mode: DueMode, start: datetime, calendar: WeeklyHours
) -> None:
    due = due_at(length, mode, start, calendar)
    assert isinstance(due, datetime)
    day = calendar.local_date(due)
    assert calendar.is_open_day(day)
    assert due == due_time(day, calendar)


@given(lengths, moments(), opening_weeks)
# On that day in Nuuk, 24:00 follows on 22:59.
@example(
    89,
    datetime(2029, 12, 31, 2, tzinfo=UTC),
    WeeklyHours(ZoneInfo("America/Nuuk"), (Span(0, 0, 1),)),
)
def test_calendar_days_end_on_their_date_at_the_site(
    length: int, start: datetime, calendar: WeeklyHours
) -> None:
    due = due_at(length, DueMode.CALENDAR_DAYS, start, calendar)
    assert isinstance(due, datetime)
    assert calendar.local_date(due) - calendar.local_date(start) == timedelta(days=length)


@given(lengths, moments(), opening_weeks)
def test_open_days_are_counted(length: int, start: datetime, calendar: WeeklyHours) -> None:
    due = due_at(length, DueMode.OPEN_DAYS, start, calendar)
    assert isinstance(due, datetime)
    first = calendar.local_date(start) + timedelta(days=1)
    assert sum(1 for _ in calendar.open_days(first, calendar.local_date(due))) == length


@given(lengths, moments(), opening_weeks)
def test_the_next_open_day_has_only_closed_days_before_it(
    length: int, start: datetime, calendar: WeeklyHours
) -> None:
    due = due_at(length, DueMode.CALENDAR_DAYS_NEXT_OPEN, start, calendar)
    assert isinstance(due, datetime)
    nominal = calendar.local_date(start) + timedelta(days=length)
    assert list(calendar.open_days(nominal, calendar.local_date(due))) == [calendar.local_date(due)]


@given(lengths, moments(), opening_weeks)
def test_the_weekday_is_kept_where_the_site_opens_on_it(
    length: int, start: datetime, calendar: WeeklyHours
) -> None:
    due = due_at(length, DueMode.SAME_WEEKDAY, start, calendar)
    assert isinstance(due, datetime)
    lent, back = calendar.local_date(start), calendar.local_date(due)
    assert (back - lent).days >= length
    weekday_is_open = any(span.weekday == lent.weekday() for span in calendar.spans)
    assert (back.weekday() == lent.weekday()) is weekday_is_open


@given(lengths, modes_in_days, moments(), opening_weeks, caps)
def test_due_is_never_after_the_cap(
    length: int, mode: DueMode, start: datetime, calendar: WeeklyHours, days: int | None
) -> None:
    cap = cap_after(start, calendar, days)
    due = due_at(length, mode, start, calendar, cap)
    if isinstance(due, Refusal):
        assert due.code is RefusalCode.ELIGIBILITY_ENDING
        # Right to refuse: no day until the cap has a closing time that is still to come.
        assert cap is not None
        last_open_day = calendar.open_day_until(cap)
        assert last_open_day is None or due_time(last_open_day, calendar) <= start
    else:
        assert due > start
        assert cap is None or calendar.local_date(due) <= cap
        uncapped = due_at(length, mode, start, calendar)
        assert due == uncapped or calendar.is_open_day(calendar.local_date(due))


@given(lengths, st.integers(0, 60), modes_in_days, moments(), opening_weeks, caps)
def test_a_longer_loan_is_not_due_earlier(
    length: int,
    more: int,
    mode: DueMode,
    start: datetime,
    calendar: WeeklyHours,
    days: int | None,
) -> None:
    cap = cap_after(start, calendar, days)
    shorter = due_at(length, mode, start, calendar, cap)
    longer = due_at(length + more, mode, start, calendar, cap)
    if isinstance(shorter, Refusal) or isinstance(longer, Refusal):
        assert shorter == longer
    else:
        assert shorter <= longer


@given(st.integers(0, 30), moments(), weekly_hours())
def test_on_site_is_due_today_later_than_now_and_not_after_closing(
    hours: int, start: datetime, calendar: WeeklyHours
) -> None:
    due = due_at(hours, DueMode.ON_SITE, start, calendar)
    closing = calendar.closing_of(calendar.local_date(start))
    if isinstance(due, Refusal):
        one_minute = timedelta(minutes=1)  # a site open until 24:00 is due at 23:59
        assert closing is None or closing <= start + one_minute
    else:
        assert closing is not None
        assert start < due <= closing
        shuts = calendar.next_closing(start)
        assert shuts is None or due <= shuts
        assert calendar.local_date(due) == calendar.local_date(start)
        assert hours == 0 or due <= start + timedelta(hours=hours)


@given(st.integers(0, 120), st.sampled_from(DueMode), moments(), caps)
def test_a_week_without_hours_is_refused_and_ends(
    length: int, mode: DueMode, start: datetime, days: int | None
) -> None:
    calendar = WeeklyHours(ZURICH)
    due = due_at(length, mode, start, calendar, cap_after(start, calendar, days))
    assert isinstance(due, Refusal)
    assert due.code is RefusalCode.SITE_NEVER_OPEN


@given(lengths, modes_in_days, moments(), st.integers(-20_000, 200_000), opening_weeks, caps)
def test_a_renewal_is_due_later_than_before_and_than_now(
    length: int,
    mode: DueMode,
    present: datetime,
    minutes: int,
    calendar: WeeklyHours,
    days: int | None,
) -> None:
    now = present + timedelta(minutes=minutes)
    cap = cap_after(now, calendar, days)
    due = renewed_due_at(length, mode, present, calendar, cap, now=now)
    if isinstance(due, Refusal):
        assert cap is not None
    else:
        assert due > present
        assert due > now
        assert cap is None or calendar.local_date(due) <= cap


@given(moments(), st.integers(0, 60 * 24 * 60), weekly_hours())
def test_overdue_exactly_if_the_door_was_open_since(
    due: datetime, minutes: int, calendar: WeeklyHours
) -> None:
    now = due + timedelta(minutes=minutes)
    last_open = calendar.last_open(now)
    days = overdue_days(due, calendar, now=now)
    assert (days > 0) is (last_open is not None and due < last_open)
    assert days <= (calendar.local_date(now) - calendar.local_date(due)).days + 1


@given(moments(), st.lists(st.integers(-5_000, 60_000), max_size=6), weekly_hours())
def test_many_due_times_are_as_late_as_each_by_itself(
    now: datetime, minutes: list[int], calendar: WeeklyHours
) -> None:
    dues = [now - timedelta(minutes=each) for each in minutes]
    late = late_days(dues, calendar, now=now)
    assert late == {due: overdue_days(due, calendar, now=now) for due in dues}


@given(moments(), st.integers(0, 10_000), st.integers(0, 10_000), weekly_hours())
def test_overdue_days_only_grow(
    due: datetime, minutes: int, more: int, calendar: WeeklyHours
) -> None:
    now = due + timedelta(minutes=minutes)
    later = now + timedelta(minutes=more)
    assert overdue_days(due, calendar, now=now) <= overdue_days(due, calendar, now=later)


@given(lengths, modes_to_open_days, moments(), opening_weeks)
def test_nothing_is_overdue_until_the_door_opens_after_the_due_time(
    length: int, mode: DueMode, start: datetime, calendar: WeeklyHours
) -> None:
    due = due_at(length, mode, start, calendar)
    assert isinstance(due, datetime)
    opening = calendar.next_opening(due)
    assume(opening is not None and not calendar.is_open(due))
    assert opening is not None
    assert overdue_days(due, calendar, now=opening - timedelta(seconds=1)) == 0
    assert overdue_days(due, calendar, now=opening) == 1
