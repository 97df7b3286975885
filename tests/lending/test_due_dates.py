"""When a loan is due: concrete dates for each mode, refusals, renewals, overdue days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from comptoir.lending.due_dates import (
    LONGEST,
    DueMode,
    due_at,
    due_time,
    overdue_days,
    renewed_due_at,
)
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.sites.opening_hours import END_OF_DAY, Calendar, Span
from tests.sites.calendars import ZURICH, WeeklyHours, WithClosures, at, closed_from, office

# December 2026: the 7th is a Monday.
MONDAY, TUESDAY, FRIDAY = date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 11)
SATURDAY, SUNDAY = date(2026, 12, 12), date(2026, 12, 13)
TEN, NOON, CLOSING, LAST_MINUTE = time(10), time(12), time(18), time(23, 59)

CALENDAR_DAYS = DueMode.CALENDAR_DAYS
OPEN_DAYS = DueMode.OPEN_DAYS
NEXT_OPEN = DueMode.CALENDAR_DAYS_NEXT_OPEN
SAME_WEEKDAY = DueMode.SAME_WEEKDAY
ON_SITE = DueMode.ON_SITE
IN_DAYS = (CALENDAR_DAYS, OPEN_DAYS, NEXT_OPEN, SAME_WEEKDAY)

CHRISTMAS = closed_from(date(2026, 12, 24), date(2027, 1, 3))
NEVER = WeeklyHours(ZURICH)


def code_of(answer: datetime | Refusal) -> RefusalCode:
    assert isinstance(answer, Refusal)
    return answer.code


@pytest.mark.parametrize(
    ("mode", "length", "lent", "due", "closing"),
    [
        # every day counts, from the day after
        (CALENDAR_DAYS, 1, MONDAY, TUESDAY, CLOSING),
        (CALENDAR_DAYS, 14, MONDAY, date(2026, 12, 21), CLOSING),
        (CALENDAR_DAYS, 14, date(2026, 12, 24), date(2027, 1, 7), CLOSING),
        # the last day may be a closed one, and is then due at its end
        (CALENDAR_DAYS, 5, MONDAY, SATURDAY, LAST_MINUTE),
        (CALENDAR_DAYS, 1, SATURDAY, SUNDAY, LAST_MINUTE),
        # a leap day counts
        (CALENDAR_DAYS, 14, date(2028, 2, 15), date(2028, 2, 29), CLOSING),
        (CALENDAR_DAYS, 14, date(2027, 2, 15), date(2027, 3, 1), CLOSING),
        (CALENDAR_DAYS, 365, date(2028, 2, 29), date(2029, 2, 28), CLOSING),
        # clocks change on 2027-03-28 and 2027-10-31
        (CALENDAR_DAYS, 7, date(2027, 3, 22), date(2027, 3, 29), CLOSING),
        (CALENDAR_DAYS, 7, date(2027, 10, 25), date(2027, 11, 1), CLOSING),
        (CALENDAR_DAYS, 6, date(2027, 3, 22), date(2027, 3, 28), LAST_MINUTE),
        (CALENDAR_DAYS, 6, date(2027, 10, 25), date(2027, 10, 31), LAST_MINUTE),
        # only open days count
        (OPEN_DAYS, 1, MONDAY, TUESDAY, CLOSING),
        (OPEN_DAYS, 4, MONDAY, FRIDAY, CLOSING),
        (OPEN_DAYS, 5, MONDAY, date(2026, 12, 14), CLOSING),
        (OPEN_DAYS, 1, FRIDAY, date(2026, 12, 14), CLOSING),
        (OPEN_DAYS, 1, SATURDAY, date(2026, 12, 14), CLOSING),
        (OPEN_DAYS, 3, date(2028, 2, 28), date(2028, 3, 2), CLOSING),
        # every day counts, a closed last day moves on to the next open one
        (NEXT_OPEN, 4, MONDAY, FRIDAY, CLOSING),
        (NEXT_OPEN, 5, MONDAY, date(2026, 12, 14), CLOSING),
        (NEXT_OPEN, 6, MONDAY, date(2026, 12, 14), CLOSING),
        (NEXT_OPEN, 5, date(2027, 3, 22), date(2027, 3, 29), CLOSING),
        # whole weeks, a begun one counts
        (SAME_WEEKDAY, 7, MONDAY, date(2026, 12, 14), CLOSING),
        (SAME_WEEKDAY, 14, MONDAY, date(2026, 12, 21), CLOSING),
        (SAME_WEEKDAY, 10, MONDAY, date(2026, 12, 21), CLOSING),
        (SAME_WEEKDAY, 1, MONDAY, date(2026, 12, 14), CLOSING),
        (SAME_WEEKDAY, 14, date(2028, 2, 15), date(2028, 2, 29), CLOSING),
        # a weekday on which the site never opens: the next open day
        (SAME_WEEKDAY, 7, SATURDAY, date(2026, 12, 21), CLOSING),
    ],
)
def test_days_lead_to_the_day_and_its_closing_time(
    mode: DueMode, length: int, lent: date, due: date, closing: time
) -> None:
    assert due_at(length, mode, at(lent, TEN), office()) == at(due, closing)


@pytest.mark.parametrize(
    ("mode", "length", "lent", "due"),
    [
        (OPEN_DAYS, 3, date(2026, 12, 22), date(2027, 1, 5)),
        (NEXT_OPEN, 7, date(2026, 12, 22), date(2027, 1, 4)),
        (SAME_WEEKDAY, 7, date(2026, 12, 22), date(2027, 1, 5)),
        (SAME_WEEKDAY, 7, date(2026, 12, 21), date(2027, 1, 4)),
        (CALENDAR_DAYS, 14, date(2026, 12, 22), date(2027, 1, 5)),
    ],
)
def test_a_closure_moves_due_on(mode: DueMode, length: int, lent: date, due: date) -> None:
    assert due_at(length, mode, at(lent, TEN), CHRISTMAS) == at(due, CLOSING)


@pytest.mark.parametrize(
    ("closed_mondays", "due"),
    [(1, date(2026, 12, 21)), (4, date(2027, 1, 11)), (5, date(2026, 12, 15))],
)
def test_the_same_weekday_is_awaited_for_four_weeks_and_no_longer(
    closed_mondays: int, due: date
) -> None:
    """For a week from Monday the 7th: the 14th, a Monday until January 11th, or the 15th."""
    mondays = frozenset(date(2026, 12, 14) + timedelta(weeks=n) for n in range(closed_mondays))
    calendar = WithClosures(ZURICH, office(), mondays)
    assert due_at(7, SAME_WEEKDAY, at(MONDAY, TEN), calendar) == at(due, CLOSING)


def test_day_zero_is_the_date_at_the_site_not_in_utc() -> None:
    just_past_midnight = datetime(2026, 12, 6, 23, 30, tzinfo=UTC)
    assert due_at(14, CALENDAR_DAYS, just_past_midnight, office()) == at(
        date(2026, 12, 21), CLOSING
    )


@pytest.mark.parametrize("clock", [time(0), time(8), TEN, time(18, 5), LAST_MINUTE])
def test_the_hour_of_lending_does_not_matter(clock: time) -> None:
    assert due_at(1, CALENDAR_DAYS, at(MONDAY, clock), office()) == at(TUESDAY, CLOSING)


def test_due_is_in_utc() -> None:
    due = due_at(7, CALENDAR_DAYS, at(date(2027, 3, 22), TEN), office())
    assert due == datetime(2027, 3, 29, 16, tzinfo=UTC)
    assert isinstance(due, datetime)
    assert due.tzinfo is UTC


def test_a_half_day_is_due_at_its_earlier_closing() -> None:
    half_tuesday = WeeklyHours(ZURICH, (Span(1, 9 * 60, 12 * 60),))
    for mode in (CALENDAR_DAYS, OPEN_DAYS, NEXT_OPEN):
        assert due_at(1, mode, at(MONDAY, TEN), half_tuesday) == at(TUESDAY, time(12))


def test_a_site_open_until_midnight_is_due_a_minute_before() -> None:
    late = WeeklyHours(ZURICH, (Span(1, 20 * 60, END_OF_DAY),))
    assert due_at(1, CALENDAR_DAYS, at(MONDAY, TEN), late) == at(TUESDAY, LAST_MINUTE)
    assert due_time(MONDAY, late) == at(MONDAY, LAST_MINUTE)


@pytest.mark.parametrize(
    ("hours", "lent", "due"),
    [
        (1, TEN, time(11)),
        (3, TEN, NOON),
        (0, TEN, NOON),
        (0, NOON, CLOSING),
        (0, time(13), CLOSING),
        (1, time(16, 30), time(17, 30)),
        (3, time(16), CLOSING),
        (0, time(17, 59), CLOSING),
        (2, time(8), TEN),
        (24, TEN, NOON),
    ],
)
def test_on_site_hours_end_when_the_door_shuts_be_it_for_lunch(
    hours: int, lent: time, due: time
) -> None:
    assert due_at(hours, ON_SITE, at(MONDAY, lent), office()) == at(MONDAY, due)


def test_on_site_hours_are_real_hours_across_a_clock_change() -> None:
    nights = WeeklyHours(ZURICH, (Span(6, 0, 6 * 60),))
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)
    assert due_at(2, ON_SITE, at(spring, time(1, 30)), nights) == at(spring, time(4, 30))
    assert due_at(3, ON_SITE, at(autumn, time(1, 30)), nights) == at(autumn, time(3, 30))


@pytest.mark.parametrize("hours", [0, 2])
@pytest.mark.parametrize("lent", [at(MONDAY, CLOSING), at(MONDAY, time(20)), at(SUNDAY, TEN)])
def test_on_site_after_closing_is_refused(hours: int, lent: datetime) -> None:
    answer = due_at(hours, ON_SITE, lent, office())
    assert code_of(answer) is RefusalCode.SITE_CLOSED_TODAY


@pytest.mark.parametrize("mode", DueMode)
def test_a_site_that_never_opens_is_refused(mode: DueMode) -> None:
    assert code_of(due_at(2, mode, at(MONDAY, TEN), NEVER)) is RefusalCode.SITE_NEVER_OPEN


def test_a_site_that_closes_for_good_meanwhile_is_refused() -> None:
    last_days = closed_from(TUESDAY, date(2030, 1, 1))
    for mode in (OPEN_DAYS, NEXT_OPEN, SAME_WEEKDAY):
        answer = due_at(7, mode, at(MONDAY, TEN), last_days)
        assert code_of(answer) is RefusalCode.SITE_NEVER_OPEN


@pytest.mark.parametrize(
    ("mode", "cap", "due"),
    [
        (CALENDAR_DAYS, date(2026, 12, 21), date(2026, 12, 21)),
        (CALENDAR_DAYS, date(2026, 12, 18), date(2026, 12, 18)),
        (CALENDAR_DAYS, date(2026, 12, 20), date(2026, 12, 18)),
        (OPEN_DAYS, SUNDAY, FRIDAY),
        (NEXT_OPEN, date(2026, 12, 20), date(2026, 12, 18)),
        (SAME_WEEKDAY, date(2026, 12, 20), date(2026, 12, 18)),
        (SAME_WEEKDAY, MONDAY, MONDAY),
    ],
)
def test_a_cap_moves_back_to_an_open_day(mode: DueMode, cap: date, due: date) -> None:
    assert due_at(14, mode, at(MONDAY, TEN), office(), cap) == at(due, CLOSING)


def test_a_cap_moves_back_over_a_closure() -> None:
    answer = due_at(30, CALENDAR_DAYS, at(MONDAY, TEN), CHRISTMAS, date(2026, 12, 31))
    assert answer == at(date(2026, 12, 23), CLOSING)


def test_due_on_a_closed_day_moves_back_if_the_door_stays_shut_until_the_cap() -> None:
    answer = due_at(5, CALENDAR_DAYS, at(MONDAY, TEN), office(), SUNDAY)
    assert answer == at(FRIDAY, CLOSING)


def test_a_cap_later_than_due_changes_nothing() -> None:
    answer = due_at(5, CALENDAR_DAYS, at(MONDAY, TEN), office(), date(2026, 12, 14))
    assert answer == at(SATURDAY, LAST_MINUTE)
    assert due_at(2, ON_SITE, at(MONDAY, TEN), office(), MONDAY) == at(MONDAY, time(12))


@pytest.mark.parametrize("mode", DueMode)
def test_a_cap_before_today_is_refused(mode: DueMode) -> None:
    answer = due_at(7, mode, at(TUESDAY, TEN), office(), MONDAY)
    assert answer == Refusal(RefusalCode.ELIGIBILITY_ENDING, {"eligible_until": MONDAY})


@pytest.mark.parametrize("mode", IN_DAYS)
def test_a_cap_with_no_closing_time_left_is_refused(mode: DueMode) -> None:
    today_after_closing = due_at(7, mode, at(FRIDAY, CLOSING), office(), FRIDAY)
    assert code_of(today_after_closing) is RefusalCode.ELIGIBILITY_ENDING
    over_the_weekend = due_at(7, mode, at(SATURDAY, TEN), office(), SUNDAY)
    assert code_of(over_the_weekend) is RefusalCode.ELIGIBILITY_ENDING


@pytest.mark.parametrize("mode", IN_DAYS)
@pytest.mark.parametrize("length", [-1, 0, LONGEST + 1])
def test_a_length_that_no_policy_has_is_a_mistake_of_ours(mode: DueMode, length: int) -> None:
    with pytest.raises(ValueError, match="days"):
        due_at(length, mode, at(MONDAY, TEN), office())


def test_ten_years_are_the_longest_loan() -> None:
    assert LONGEST == 3650
    assert isinstance(due_at(LONGEST, CALENDAR_DAYS, at(MONDAY, TEN), office()), datetime)


def test_negative_hours_are_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="hours"):
        due_at(-1, ON_SITE, at(MONDAY, TEN), office())


DUE = at(date(2026, 12, 14), CLOSING)


def renewed(
    length: int, mode: DueMode, now: datetime, calendar: Calendar, cap: date | None = None
) -> datetime | Refusal:
    return renewed_due_at(length, mode, DUE, calendar, cap, now=now)


@pytest.mark.parametrize("now", [at(MONDAY, TEN), at(date(2026, 12, 14), TEN), DUE])
def test_a_renewal_in_time_counts_from_the_due_date(now: datetime) -> None:
    assert renewed(7, CALENDAR_DAYS, now, office()) == at(date(2026, 12, 21), CLOSING)


def test_a_renewal_of_something_overdue_counts_from_today() -> None:
    now = at(date(2026, 12, 17), TEN)
    assert renewed(7, CALENDAR_DAYS, now, office()) == at(date(2026, 12, 24), CLOSING)


def test_a_renewal_is_capped() -> None:
    now = at(MONDAY, TEN)
    cap = date(2026, 12, 20)
    assert renewed(14, CALENDAR_DAYS, now, office(), cap) == at(date(2026, 12, 18), CLOSING)


@pytest.mark.parametrize("cap", [MONDAY, FRIDAY, date(2026, 12, 14)])
def test_a_renewal_that_the_cap_would_shorten_is_refused(cap: date) -> None:
    answer = renewed(7, CALENDAR_DAYS, at(MONDAY, TEN), office(), cap)
    assert code_of(answer) is RefusalCode.ELIGIBILITY_ENDING


def test_an_on_site_renewal_adds_hours_until_closing() -> None:
    now, calendar = at(MONDAY, TEN), office()
    due = at(MONDAY, time(15))
    assert renewed_due_at(2, ON_SITE, due, calendar, now=now) == at(MONDAY, time(17))
    assert renewed_due_at(9, ON_SITE, due, calendar, now=now) == at(MONDAY, CLOSING)
    at_closing = renewed_due_at(2, ON_SITE, at(MONDAY, CLOSING), calendar, now=now)
    assert code_of(at_closing) is RefusalCode.SITE_CLOSED_TODAY


@pytest.mark.parametrize(
    ("due", "now", "days"),
    [
        # not yet due
        (at(MONDAY, CLOSING), at(MONDAY, TEN), 0),
        (at(MONDAY, CLOSING), at(MONDAY, CLOSING), 0),
        (at(MONDAY, time(15)), at(MONDAY, time(14, 30)), 0),
        (at(MONDAY, time(15)), at(MONDAY, time(15)), 0),
        # due, and the door shut since
        (at(MONDAY, CLOSING), at(MONDAY, time(20)), 0),
        (at(MONDAY, CLOSING), at(TUESDAY, time(8, 59)), 0),
        (at(FRIDAY, CLOSING), at(SUNDAY, TEN), 0),
        (at(SATURDAY, LAST_MINUTE), at(date(2026, 12, 14), time(8, 59)), 0),
        # due, and the door open since
        (at(MONDAY, CLOSING), at(TUESDAY, time(9)), 1),
        (at(MONDAY, CLOSING), at(TUESDAY, time(20)), 1),
        (at(FRIDAY, CLOSING), at(date(2026, 12, 14), TEN), 1),
        (at(FRIDAY, CLOSING), at(date(2026, 12, 18), TEN), 5),
        # on site: the same day counts
        (at(MONDAY, time(15)), at(MONDAY, time(15, 1)), 1),
        (at(MONDAY, time(12)), at(MONDAY, time(13)), 0),
        (at(MONDAY, time(12)), at(MONDAY, time(14)), 1),
    ],
)
def test_overdue_days_are_days_on_which_the_door_was_open(
    due: datetime, now: datetime, days: int
) -> None:
    assert overdue_days(due, office(), now=now) == days


def test_nobody_is_overdue_during_a_closure() -> None:
    due = at(date(2026, 12, 23), CLOSING)
    assert overdue_days(due, CHRISTMAS, now=at(date(2027, 1, 3), TEN)) == 0
    assert overdue_days(due, CHRISTMAS, now=at(date(2027, 1, 4), time(8, 59))) == 0
    assert overdue_days(due, CHRISTMAS, now=at(date(2027, 1, 4), time(9))) == 1


def test_nobody_is_overdue_at_a_site_that_never_opens() -> None:
    assert overdue_days(at(MONDAY, CLOSING), NEVER, now=at(MONDAY, CLOSING) + timedelta(900)) == 0
