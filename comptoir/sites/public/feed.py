"""The opening hours of a site as a calendar for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from comptoir.core.i18n import gettext as _
from comptoir.core.ical import Event, calendar_file
from comptoir.sites.calendar import SiteCalendar, StatedInterval
from comptoir.sites.exceptions.queries import public_calendar
from comptoir.sites.opening_hours import ONE_DAY, DayState
from comptoir.sites.schemas import SiteView

#: How far the calendar tells ahead.
AHEAD = timedelta(days=84)


async def hours_calendar(site: SiteView, *, now: datetime) -> bytes:
    """When the door is open from today on, in the reader's language."""
    calendar = await public_calendar(site, since=now.date() - ONE_DAY)
    return calendar_file(site.name, _events(site, calendar, now=now), now=now)


def _events(site: SiteView, calendar: SiteCalendar, *, now: datetime) -> Iterator[Event]:
    address = ", ".join(filter(None, (site.street, f"{site.postcode} {site.city}".strip())))
    day = calendar.local_date(now)
    last = day + AHEAD
    while day <= last:
        for number, each in enumerate(calendar.on(day).stated()):
            yield Event(
                uid=f"{site.id}-{day:%Y%m%d}-{number}@comptoir",
                starts=each.opens,
                ends=each.closes,
                summary=f"{site.name} – {_what(each)}",
                location=address,
            )
        day += ONE_DAY


def _what(interval: StatedInterval) -> str:
    match interval.state:
        case DayState.OPEN:
            return _("open")
        case DayState.SERVICE:
            return interval.note
    return interval.note or _("by appointment")
