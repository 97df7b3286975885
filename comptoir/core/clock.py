"""The one place that asks the machine for the time, and what the clock of a site shows then."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC.

    Only handlers, jobs and the command line call it; services and rules are
    given ``now``, so that a test can say what time it is.
    """
    return datetime.now(UTC)


def localtime(moment: datetime, time_zone: str) -> datetime:
    """An aware moment on the clock of ``time_zone`` (an IANA name).

    On the first and last days of the calendar the clock may show a year that
    there is not: then the moment stays as it is.
    """
    try:
        return moment.astimezone(ZoneInfo(time_zone))
    except OverflowError:
        return moment
