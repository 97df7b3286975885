"""When a message may arrive, beside an oracle that looks at each minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comptoir.notifications.quiet_hours import SendingHours, is_holiday, next_allowed
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar
from comptoir.sites.opening_hours import END_OF_DAY, SEARCH_DAYS, Times
from tests.sites.calendars import ZURICH, at, office

USUAL = SendingHours()
PARIS = ZoneInfo("Europe/Paris")
ZONES = [
    ZURICH,
    PARIS,
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("Australia/Lord_Howe"),  # changes by half an hour
    ZoneInfo("Africa/Cairo"),  # changes at midnight
    ZoneInfo("America/Havana"),
    ZoneInfo("Asia/Kathmandu"),
]
_MINUTE = timedelta(minutes=1)
#: Of Europe, Cairo, Lord Howe and Havana in 2026.
_CLOCK_CHANGES = [
    date(2026, month, day)
    for month, day in ((3, 29), (10, 25), (4, 24), (10, 29), (4, 5), (10, 4), (3, 8), (11, 1))
]


def fribourg(*exceptions: DayException) -> SiteCalendar:
    return SiteCalendar(ZURICH, office().hours(), exceptions, "CH-FR")


def closed(first: date, last: date | None = None, *, yearly: bool = False) -> DayException:
    return DayException(first, last or first, ExceptionKind.CLOSED, yearly=yearly)


def by_the_minute(start: datetime, hours: SendingHours, calendar: SiteCalendar) -> datetime:
    """Walk from two days before, and keep the furthest that the clock on the wall has been."""
    reached = (date.min, 0)
    moment = start - timedelta(days=2)
    while True:
        local = moment.astimezone(calendar.zone)
        reached = max(reached, (local.date(), local.hour * 60 + local.minute))
        day, minute = reached
        allowed = (
            hours.opens <= minute < hours.closes
            and day.weekday() not in hours.quiet_weekdays
            and not is_holiday(day, calendar)
        )
        if allowed and moment >= start:
            return moment
        moment += _MINUTE


@st.composite
def sending_hours(draw: st.DrawFn) -> SendingHours:
    opens, closes = sorted(draw(st.sets(st.integers(0, END_OF_DAY), min_size=2, max_size=2)))
    # A day at least an hour long: the oracle takes its time.
    closes = min(max(closes, opens + 60), END_OF_DAY)
    opens = min(opens, closes - 60)
    return SendingHours(opens, closes, frozenset(draw(st.sets(st.integers(0, 6), max_size=4))))


@st.composite
def minutes(draw: st.DrawFn) -> datetime:
    """Any minute of two years, often around a clock change of one of the zones."""
    if draw(st.booleans()):
        around = draw(st.sampled_from(_CLOCK_CHANGES))
        start = datetime.combine(around, time(), UTC) - timedelta(days=1)
        return start + draw(st.integers(0, 2 * END_OF_DAY)) * _MINUTE
    return datetime(2026, 1, 1, tzinfo=UTC) + draw(st.integers(0, 730 * END_OF_DAY)) * _MINUTE


@given(minutes(), sending_hours(), st.sampled_from(ZONES), st.sampled_from(["CH-FR", "FR", ""]))
@example(at(date(2026, 12, 24), time(21)), USUAL, ZURICH, "CH-FR")
@example(at(date(2026, 10, 25), time(1)), SendingHours(90, 150, frozenset()), PARIS, "FR")
@example(at(date(2026, 3, 28), time(23)), SendingHours(120, 180, frozenset()), PARIS, "FR")
def test_the_next_allowed_moment_is_the_first_minute_that_may_be(
    start: datetime, hours: SendingHours, zone: ZoneInfo, region: str
) -> None:
    calendar = SiteCalendar(zone, None, (), region)
    assert next_allowed(start, hours, calendar) == by_the_minute(start, hours, calendar)


@pytest.mark.parametrize(
    ("start", "allowed"),
    [
        # Wednesday 25 November 2026
        ((date(2026, 11, 25), time(10)), (date(2026, 11, 25), time(10))),
        ((date(2026, 11, 25), time(8)), (date(2026, 11, 25), time(8))),
        ((date(2026, 11, 25), time(7, 59)), (date(2026, 11, 25), time(8))),
        ((date(2026, 11, 25), time(19, 59)), (date(2026, 11, 25), time(19, 59))),
        ((date(2026, 11, 25), time(20)), (date(2026, 11, 26), time(8))),
        # Saturday evening, then Sunday: Monday morning
        ((date(2026, 11, 28), time(21)), (date(2026, 11, 30), time(8))),
        # Saturday evening before the clocks go back
        ((date(2026, 10, 24), time(21)), (date(2026, 10, 26), time(8))),
        # Christmas Day is a Friday
        ((date(2026, 12, 24), time(22)), (date(2026, 12, 26), time(8))),
    ],
)
def test_the_usual_hours(start: tuple[date, time], allowed: tuple[date, time]) -> None:
    assert next_allowed(at(*start), USUAL, fribourg()) == at(*allowed)


def test_seconds_are_kept_within_the_hours() -> None:
    moment = at(date(2026, 11, 25), time(10, 0, 1))
    assert next_allowed(moment, USUAL, fribourg()) == moment


def test_a_site_that_works_on_a_holiday_writes_then() -> None:
    christmas = at(date(2026, 12, 25), time(10))
    opened = DayException(
        date(2026, 12, 25), date(2026, 12, 25), ExceptionKind.OPEN, (Times(540, 720),)
    )
    assert next_allowed(christmas, USUAL, fribourg(opened)) == christmas


def test_a_holiday_within_a_closure_is_one_and_the_other_days_are_not() -> None:
    weeks = closed(date(2026, 12, 23), date(2027, 1, 3))
    calendar = fribourg(weeks)
    wednesday = at(date(2026, 12, 23), time(10))
    assert next_allowed(wednesday, USUAL, calendar) == wednesday
    assert is_holiday(date(2026, 12, 25), calendar)


def test_a_closure_of_one_day_every_year_is_a_holiday() -> None:
    local = closed(date(2020, 12, 8), yearly=True)
    evening = at(date(2026, 12, 7), time(21))
    assert next_allowed(evening, USUAL, fribourg(local)) == at(date(2026, 12, 9), time(8))
    weeks = closed(date(2020, 12, 7), date(2020, 12, 20), yearly=True)
    assert next_allowed(evening, USUAL, fribourg(weeks)) == at(date(2026, 12, 8), time(8))
    once = closed(date(2026, 12, 8))
    assert next_allowed(evening, USUAL, fribourg(once)) == at(date(2026, 12, 8), time(8))


def test_a_site_that_never_opens_writes_all_the_same() -> None:
    never = SiteCalendar(ZURICH, None, (), "")
    moment = at(date(2026, 11, 25), time(10))
    assert next_allowed(moment, USUAL, never) == moment


def test_hours_that_never_come_are_none_and_end() -> None:
    every_day = tuple(
        closed(date(2026, 1, 1) + timedelta(days=number), yearly=True)
        for number in range(SEARCH_DAYS)
    )
    calendar = SiteCalendar(ZURICH, None, every_day, "")
    assert next_allowed(at(date(2026, 11, 25), time(10)), USUAL, calendar) is None


@pytest.mark.parametrize(
    "values",
    [
        {"opens": 1200, "closes": 480},
        {"opens": 480, "closes": 480},
        {"opens": -1},
        {"closes": 1441},
        {"quiet_weekdays": [0, 1, 2, 3, 4, 5, 6]},
        {"quiet_weekdays": [7]},
    ],
)
def test_hours_without_a_moment_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(values, SendingHours)
