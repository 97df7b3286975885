"""When somebody who was not reached is called again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from comptoir.notifications.calls.times import next_call
from comptoir.notifications.quiet_hours import SendingHours
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar
from comptoir.sites.expressions.evaluation import Hours

ZURICH = ZoneInfo("Europe/Zurich")
#: A Friday afternoon in November, in winter time.
FRIDAY = datetime(2026, 11, 6, 15, 0, tzinfo=UTC)
CLOSED_MONDAY = DayException(date(2026, 11, 9), date(2026, 11, 9), ExceptionKind.CLOSED)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("Mo-Fr 13:30-18:00", "2026-11-09 13:30"),
        ("Sa 06:00-12:00", "2026-11-07 08:00"),  # open before anybody may be called
        ("Su 10:00-12:00; Tu 14:00-17:00", "2026-11-10 14:00"),  # Sundays are quiet
        ("Sa 00:00-24:00", "2026-11-07 08:00"),
        ("Mo-Su 21:00-23:00", "2026-11-07 08:00"),  # never while one may call
        ("", "2026-11-07 08:00"),
    ],
)
def test_it_is_when_the_site_is_open_and_one_may_call(hours: str, expected: str) -> None:
    calendar = SiteCalendar(ZURICH).with_hours(hours)
    found = next_call(SendingHours(), calendar, now=FRIDAY)
    assert found.astimezone(ZURICH).strftime("%Y-%m-%d %H:%M") == expected


def test_a_closed_day_is_none() -> None:
    calendar = SiteCalendar(ZURICH, Hours.of("Mo-Fr 09:00-12:00"), (CLOSED_MONDAY,))
    found = next_call(SendingHours(), calendar, now=FRIDAY)
    assert found == datetime(2026, 11, 10, 8, 0, tzinfo=UTC)
