"""Weekly hours as people read them, and as the OpenStreetMap key does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import get_day_names

from comptoir.core.i18n import gettext as _
from comptoir.core.web.formats import locale
from comptoir.sites.calendar import DayHours, DaySource, SiteCalendar, Times
from comptoir.sites.opening_hours import ONE_DAY, Interval, Span
from comptoir.sites.public_holidays import NAMES

_OSM_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class DayLine(msgspec.Struct, frozen=True):
    """One line of an opening-hours list: some days, and when they are open.

    ``hours`` is empty on days that are closed; ``today`` marks the reader's day.
    """

    days: str
    hours: str
    today: bool = False


class DayAhead(msgspec.Struct, frozen=True):
    """A day that is not as its week says. ``hours`` is empty where the door is shut."""

    day: date
    hours: str
    reason: str


def clock_text(minutes: int) -> str:
    """Minutes from midnight as ``09:00``; the end of the day is ``24:00``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def as_osm(spans: Sequence[Span]) -> str:
    """Weekly hours in the OpenStreetMap syntax, such as ``Mo 09:00-12:00,13:00-17:00``.

    Days are listed one by one, in order; no hours at all give an empty text.
    """
    days = []
    for weekday in range(7):
        if spans_text := ",".join(_spans(spans, weekday, "-")):
            days.append(f"{_OSM_DAYS[weekday]} {spans_text}")
    return "; ".join(days)


def day_lines(spans: Sequence[Span], *, today: date | None = None) -> list[DayLine]:
    """The week in the reader's language, neighbouring days with equal hours together.

    ``today``, the date at the site, keeps its own day apart and marked.
    """
    names = get_day_names("wide", "stand-alone", locale=locale())
    lines: list[DayLine] = []
    start = 0
    for weekday in range(7):
        following = weekday + 1
        hours = _spans(spans, weekday, "–")
        if (
            following < 7
            and _spans(spans, following, "–") == hours
            and (today is None or today.weekday() not in (weekday, following))
        ):
            continue
        first, last = names[start].capitalize(), names[weekday]
        days = first if start == weekday else _("%(first)s to %(last)s", first=first, last=last)
        is_today = today is not None and today.weekday() == weekday
        lines.append(DayLine(days, _listed(hours), is_today))
        start = following
    return lines


def day_reason(day: DayHours) -> str:
    """Why a day is as it is, for people to read: a holiday's name in their language."""
    if day.source is DaySource.HOLIDAY:
        return str(NAMES[day.reason])
    return day.reason


def days_ahead(calendar: SiteCalendar, *, today: date, days: int = 14) -> list[DayAhead]:
    """Today and what follows, as far as it is not as the week says."""
    found = ((day, calendar.on(day)) for day in (today + n * ONE_DAY for n in range(days)))
    return [
        DayAhead(day, _intervals_text(each.intervals, calendar.zone), day_reason(each))
        for day, each in found
        if each.source is not DaySource.WEEK
    ]


def _intervals_text(intervals: Sequence[Interval], zone: ZoneInfo) -> str:
    return _listed(
        [
            f"{each.opens.astimezone(zone):%H:%M}–{each.closes.astimezone(zone):%H:%M}"
            for each in intervals
        ]
    )


def times_text(hours: Sequence[Times]) -> str:
    """Hours as people read them: ``09:00–12:00 and 14:00–17:00``."""
    return _listed([f"{clock_text(each.opens)}–{clock_text(each.closes)}" for each in hours])


def weekday_names() -> list[str]:
    """Monday to Sunday in the reader's language, each with a capital."""
    names = get_day_names("wide", "stand-alone", locale=locale())
    return [names[weekday].capitalize() for weekday in range(7)]


def _listed(hours: Sequence[str]) -> str:
    if len(hours) < 2:
        return "".join(hours)
    return _("%(first)s and %(last)s", first=", ".join(hours[:-1]), last=hours[-1])


def _spans(spans: Sequence[Span], weekday: int, dash: str) -> list[str]:
    return [
        f"{clock_text(span.opens)}{dash}{clock_text(span.closes)}"
        for span in sorted(spans)
        if span.weekday == weekday
    ]
