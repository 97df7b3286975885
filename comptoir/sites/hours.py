"""Weekly hours as people read them, and as the OpenStreetMap key does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import get_day_names

from comptoir.core.i18n import gettext as _
from comptoir.core.web.formats import locale
from comptoir.sites.opening_hours import Span
from comptoir.sites.schemas import SiteView

_OSM_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class DayLine(msgspec.Struct, frozen=True):
    """One line of an opening-hours list: some days, and when they are open.

    ``hours`` is empty on days that are closed; ``today`` marks the reader's day.
    """

    days: str
    hours: str
    today: bool = False


class PublicPlace(msgspec.Struct, frozen=True):
    """What everybody may know of a site: where it is and when its door is open."""

    name: str
    street: str
    town: str
    phone: str
    week: list[DayLine]


def public_place(site: SiteView, *, now: datetime) -> PublicPlace:
    """A site for a page that everybody can read, its own day marked in the week."""
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    return PublicPlace(
        name=site.name,
        street=site.street,
        town=f"{site.postcode} {site.city}".strip(),
        phone=site.phone or site.organisation.phone,
        week=day_lines(site.hours, today=today) if site.hours else [],
    )


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
