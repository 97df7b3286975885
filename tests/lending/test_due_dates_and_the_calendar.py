"""Due dates by the real calendar: each mode beside exceptions, holidays, seasons and caps.

The site in Fribourg is open from Monday to Friday, 9 to 17, and in July and August from 8 to
12 on Monday, Tuesday and Thursday only. In 2030 the national holiday, 1 August, is a Thursday.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.lending.due_dates import DueMode, due_at, overdue_days, renewed_due_at
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.opening_hours import Times
from tests.sites.calendars import ZURICH, at, moments

HOURS = Hours.of("Mo-Fr 09:00-17:00; Jul-Aug off; Jul-Aug Mo,Tu,Th 08:00-12:00")
CALENDAR_DAYS, OPEN_DAYS = DueMode.CALENDAR_DAYS, DueMode.OPEN_DAYS
NEXT_OPEN, SAME_WEEKDAY = DueMode.CALENDAR_DAYS_NEXT_OPEN, DueMode.SAME_WEEKDAY
CLOSED, OPEN, AS_USUAL = ExceptionKind.CLOSED, ExceptionKind.OPEN, ExceptionKind.AS_USUAL

THURSDAY = date(2030, 7, 25)  # a week before the holiday
NOON, FIVE, ELEVEN, LAST_MINUTE = time(12), time(17), time(11), time(23, 59)
TEN = at(THURSDAY, time(10))


def august(day: int) -> date:
    return date(2030, 8, day)


def fribourg(*exceptions: DayException) -> SiteCalendar:
    return SiteCalendar(ZURICH, HOURS, exceptions, "CH-FR")


def on(first: date, kind: ExceptionKind, last: date | None = None) -> DayException:
    hours = (Times(9 * 60, 11 * 60),) if kind is OPEN else ()
    return DayException(first, last or first, kind, hours)


PLAIN = fribourg()
#: The holiday is worked by hours of its own, or as in any other week of the season.
SPECIAL = fribourg(on(august(1), OPEN))
USUAL = fribourg(on(august(1), AS_USUAL))
#: The boiler broke: shut from the holiday to the Thursday after.
SHUT = fribourg(on(august(1), CLOSED, august(8)))


@pytest.mark.parametrize(
    ("calendar", "mode", "due", "clock"),
    [
        # 1 August is a holiday, 2 a Friday without hours in the season, 5 a Monday
        (PLAIN, CALENDAR_DAYS, august(1), LAST_MINUTE),
        (PLAIN, NEXT_OPEN, august(5), NOON),
        (PLAIN, SAME_WEEKDAY, august(8), NOON),
        # seven open days: 29, 30 July, then 5, 6, 8, 12, 13 August
        (PLAIN, OPEN_DAYS, august(13), NOON),
        # an exception beats the holiday, with hours of its own ...
        (SPECIAL, CALENDAR_DAYS, august(1), ELEVEN),
        (SPECIAL, NEXT_OPEN, august(1), ELEVEN),
        (SPECIAL, SAME_WEEKDAY, august(1), ELEVEN),
        (SPECIAL, OPEN_DAYS, august(12), NOON),
        # ... or as usual, which in August is the season
        (USUAL, CALENDAR_DAYS, august(1), NOON),
        (USUAL, NEXT_OPEN, august(1), NOON),
        (USUAL, SAME_WEEKDAY, august(1), NOON),
        (USUAL, OPEN_DAYS, august(12), NOON),
        # a closure over the holiday and the week after
        (SHUT, CALENDAR_DAYS, august(1), LAST_MINUTE),
        (SHUT, NEXT_OPEN, august(12), NOON),
        (SHUT, SAME_WEEKDAY, august(15), NOON),
        (SHUT, OPEN_DAYS, august(20), NOON),
    ],
)
@pytest.mark.parametrize("cap", [None, date(2031, 1, 1)])
def test_due_date_of_a_week_by_mode_exception_and_holiday(
    calendar: SiteCalendar, mode: DueMode, due: date, clock: time, cap: date | None
) -> None:
    assert due_at(7, mode, TEN, calendar, cap) == at(due, clock)


@pytest.mark.parametrize("mode", [CALENDAR_DAYS, OPEN_DAYS, NEXT_OPEN, SAME_WEEKDAY])
@pytest.mark.parametrize(
    ("calendar", "cap", "due", "clock"),
    [
        # the cap is a holiday: back to the last open day before
        (PLAIN, august(1), date(2030, 7, 30), NOON),
        (SPECIAL, august(1), august(1), ELEVEN),
        (USUAL, august(1), august(1), NOON),
        (SHUT, august(1), date(2030, 7, 30), NOON),
        # a Wednesday that the season shuts
        (PLAIN, date(2030, 7, 31), date(2030, 7, 30), NOON),
    ],
)
def test_cap_moves_back_to_an_open_day(
    mode: DueMode, calendar: SiteCalendar, cap: date, due: date, clock: time
) -> None:
    assert due_at(30, mode, TEN, calendar, cap) == at(due, clock)


@pytest.mark.parametrize("mode", [CALENDAR_DAYS, OPEN_DAYS, NEXT_OPEN, SAME_WEEKDAY])
def test_cap_that_leaves_no_closing_time_is_refused(mode: DueMode) -> None:
    after_hours = at(date(2030, 7, 30), time(13))
    refusal = due_at(7, mode, after_hours, PLAIN, august(4))
    assert isinstance(refusal, Refusal)
    assert refusal.code is RefusalCode.ELIGIBILITY_ENDING


@pytest.mark.parametrize(
    ("mode", "due", "clock"),
    [
        (CALENDAR_DAYS, august(8), NOON),
        (OPEN_DAYS, august(19), NOON),
        (NEXT_OPEN, august(8), NOON),
        (SAME_WEEKDAY, august(8), NOON),
    ],
)
def test_renewal_counts_from_the_due_date_by_the_same_calendar(
    mode: DueMode, due: date, clock: time
) -> None:
    present = at(august(1), ELEVEN)
    assert renewed_due_at(7, mode, present, SPECIAL, now=TEN) == at(due, clock)


def test_season_ends_and_the_week_is_back() -> None:
    last = date(2030, 8, 29)  # the last open Thursday of the season
    start = at(last, time(9))
    assert due_at(1, NEXT_OPEN, start, PLAIN) == at(date(2030, 9, 2), FIVE)
    assert due_at(7, SAME_WEEKDAY, start, PLAIN) == at(date(2030, 9, 5), FIVE)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (at(THURSDAY, time(9)), 2, at(THURSDAY, time(11))),
        (at(THURSDAY, time(11)), 2, at(THURSDAY, NOON)),  # the season closes at noon
        (at(date(2030, 9, 5), time(11)), 2, at(date(2030, 9, 5), time(13))),
        (at(THURSDAY, time(7)), 0, at(THURSDAY, NOON)),
    ],
)
def test_loan_of_hours_ends_at_the_closing_of_the_season(
    start: datetime, hours: int, due: datetime
) -> None:
    assert due_at(hours, DueMode.ON_SITE, start, PLAIN) == due


@pytest.mark.parametrize(
    ("calendar", "day", "refused"),
    [(PLAIN, august(1), True), (SPECIAL, august(1), False), (PLAIN, date(2030, 7, 31), True)],
)
def test_loan_of_hours_needs_an_open_day(calendar: SiteCalendar, day: date, refused: bool) -> None:
    assert isinstance(due_at(1, DueMode.ON_SITE, at(day, time(9)), calendar), Refusal) is refused


def test_loan_of_hours_in_the_night_ends_when_the_night_does() -> None:
    nights = SiteCalendar(ZURICH, Hours.of("Fr 20:00-02:00"))
    saturday = date(2030, 9, 7)
    assert due_at(5, DueMode.ON_SITE, at(saturday, time(1)), nights) == at(saturday, time(2))
    after = due_at(1, DueMode.ON_SITE, at(saturday, time(3)), nights)
    assert isinstance(after, Refusal)


def test_nobody_is_overdue_because_of_a_door_that_was_shut() -> None:
    due = at(date(2030, 7, 30), NOON)
    assert overdue_days(due, SHUT, now=at(august(11), FIVE)) == 0
    assert overdue_days(due, PLAIN, now=at(august(5), time(7))) == 0
    assert overdue_days(due, PLAIN, now=at(august(5), time(9))) == 1


def test_night_after_the_due_time_counts_once() -> None:
    nights = SiteCalendar(ZURICH, Hours.of("Fr 20:00-02:00"))
    due = at(date(2030, 9, 7), time(1))
    assert overdue_days(due, nights, now=at(date(2030, 9, 7), time(1, 30))) == 1


@pytest.mark.parametrize("mode", [CALENDAR_DAYS, OPEN_DAYS, NEXT_OPEN, SAME_WEEKDAY])
@pytest.mark.parametrize("hours", [None, Hours.of('Mo unknown "sur rendez-vous"')])
def test_nothing_falls_due_where_the_door_is_never_known_to_open(
    mode: DueMode, hours: Hours | None
) -> None:
    refusal = due_at(7, mode, TEN, SiteCalendar(ZURICH, hours))
    assert isinstance(refusal, Refusal)
    assert refusal.code is RefusalCode.SITE_NEVER_OPEN


NIGHTS = SiteCalendar(ZURICH, Hours.of("Fr-Sa 20:00-02:00, Mo 09:00-12:00; Jul-Aug Fr 21:00-23:00"))


@given(moments(), st.integers(0, 10 * 24 * 60))
def test_overdue_is_what_was_due_before_the_door_was_last_open(due: datetime, later: int) -> None:
    now = due + timedelta(minutes=later)
    last = NIGHTS.last_open(now)
    assert (overdue_days(due, NIGHTS, now=now) > 0) is (last is not None and due < last)


@given(moments(), st.sampled_from(DueMode), st.integers(1, 40))
def test_due_in_seasons_and_nights_is_later_and_at_a_closing(
    start: datetime, mode: DueMode, length: int
) -> None:
    due = due_at(length, mode, start, NIGHTS)
    if isinstance(due, Refusal):
        assert (mode, due.code) == (DueMode.ON_SITE, RefusalCode.SITE_CLOSED_TODAY)
        return
    assert due > start
    if mode in (OPEN_DAYS, NEXT_OPEN, SAME_WEEKDAY):
        assert NIGHTS.is_open_day(NIGHTS.local_date(due))
