"""When a message may arrive: not at night, not on Sundays or holidays of the site.

The clock is the one on the wall at the site. The hours of a day begin when it first reaches
their beginning and are over when it first reaches their end: a clock change that repeats an
hour gives no message a second turn.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec

from comptoir.sites.calendar import ExceptionKind, SiteCalendar
from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY, SEARCH_DAYS, interval_on
from comptoir.sites.public_holidays import public_holidays

SUNDAY = 6


class SendingHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when to when messages may arrive, in minutes of the day: 480 is 8:00.

    ``quiet_weekdays`` have none; 0 is Monday.

    Raises:
        ValueError: they end before they begin, or the week has no day left.
    """

    opens: Annotated[int, msgspec.Meta(ge=0, lt=END_OF_DAY)] = 8 * 60
    closes: Annotated[int, msgspec.Meta(gt=0, le=END_OF_DAY)] = 20 * 60
    quiet_weekdays: frozenset[Annotated[int, msgspec.Meta(ge=0, le=6)]] = frozenset({SUNDAY})

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= END_OF_DAY:
            raise ValueError("hours end after they begin")
        if self.quiet_weekdays >= set(range(7)):
            raise ValueError("a week has a day on which messages may arrive")


def next_allowed(at: datetime, hours: SendingHours, calendar: SiteCalendar) -> datetime | None:
    """The first moment from ``at`` on, in UTC, when a message may arrive at a site.

    It may be long after: whether the message still makes sense then, the caller asks. None:
    there is none within ``SEARCH_DAYS``.
    """
    today = calendar.local_date(at)
    # After a change back over midnight, the date is that of a day whose hours are over.
    for day in (today + number * ONE_DAY for number in range(SEARCH_DAYS)):
        if day.weekday() in hours.quiet_weekdays or is_holiday(day, calendar):
            continue
        allowed = interval_on(day, hours.opens, hours.closes, calendar.zone)
        if allowed is not None and at < allowed.closes:
            return max(at, allowed.opens)
    return None


def is_holiday(day: date, calendar: SiteCalendar) -> bool:
    """True on a holiday that shuts the site.

    A public holiday, then, or a closure of a single day that comes back every year, as the
    holidays of a commune are announced. A site that works on a holiday may write, too; one
    that is shut for its vacation may tell whom that concerns.
    """
    if calendar.is_open_day(day):
        return False
    if day in public_holidays(calendar.region):
        return True
    exception = calendar.exception_on(day)
    return (
        exception is not None
        and exception.kind is ExceptionKind.CLOSED
        and exception.yearly
        and exception.first_day == exception.last_day
    )
