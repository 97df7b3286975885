"""Days and moments as operators write them into a column. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core.clock import localtime

_DATE = (
    r"(?:(?P<year>[0-9]{4})[-./]?(?P<month>[0-9]{2})[-./]?(?P<day>[0-9]{2})"
    r"|(?P<first>[0-9]{1,2})[-./](?P<second>[0-9]{1,2})[-./](?P<last>[0-9]{4}|[0-9]{2}))"
)
_TIME = (
    r"(?P<hour>[0-9]{1,2})[:h](?P<minute>[0-9]{2})(?::(?P<second_of_minute>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"\s*(?P<half>[ap])?(?:\.?m\.?)?\s*(?P<zone>Z|UTC|[+-][0-9]{2}:?[0-9]{2})?"
)
#: ``2026-11-03``, ``20261103``, ``03.11.2026``, ``3/11/26``, each maybe with a time behind.
_CELL = re.compile(
    rf"{_DATE}(?:(?:T|,?\s+){_TIME}|(?P<packed>[0-9]{{6}}))?", re.IGNORECASE | re.ASCII
)
#: Years of two digits are of this century: there was no prepaid card before.
_CENTURY = 2000


class Said(msgspec.Struct, frozen=True):
    """The day that a cell names, on the operator's calendar, and the moment where it has one."""

    day: date
    moment: datetime | None = None


def read_days(cells: Sequence[str], time_zone: str) -> list[Said | None]:
    """What each cell of a column says; None where it is no date.

    The day comes before the month, unless the column as a whole can only be read the other
    way round: some cell has no such month, and none has no such day. A time without an
    offset is on the clock of ``time_zone``.
    """
    found = [_CELL.fullmatch(cell) for cell in cells]
    pairs = [(int(each["first"]), int(each["second"])) for each in found if each and each["first"]]
    month_first = any(second > 12 for _first, second in pairs) and not any(
        first > 12 for first, _second in pairs
    )
    zone = ZoneInfo(time_zone)
    return [_said(each, zone, month_first=month_first) if each else None for each in found]


def _said(cell: re.Match[str], zone: ZoneInfo, *, month_first: bool) -> Said | None:
    try:
        day = _day(cell, month_first=month_first)
        clock = _time(cell)
        offset = _offset(cell["zone"])
    except ValueError:
        return None
    if clock is None:
        return Said(day)
    moment = datetime.combine(day, clock, offset or zone)
    return Said(localtime(moment, zone.key).date(), moment)


def _day(cell: re.Match[str], *, month_first: bool) -> date:
    if cell["year"]:
        return date(int(cell["year"]), int(cell["month"]), int(cell["day"]))
    year = int(cell["last"])
    first, second = int(cell["first"]), int(cell["second"])
    day, month = (second, first) if month_first else (first, second)
    return date(year if len(cell["last"]) == 4 else _CENTURY + year, month, day)


def _time(cell: re.Match[str]) -> time | None:
    if packed := cell["packed"]:
        return time(int(packed[:2]), int(packed[2:4]), int(packed[4:]))
    if not cell["hour"]:
        return None
    hour = int(cell["hour"])
    if cell["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour on a clock of twelve")
        hour = hour % 12 + (12 if cell["half"] in "pP" else 0)
    return time(hour, int(cell["minute"]), int(cell["second_of_minute"] or 0))


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(ahead if text[0] == "+" else -ahead)
