"""Reads of days that are not as the week says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from comptoir.core import db
from comptoir.sites.calendar import ExceptionKind, SiteCalendar
from comptoir.sites.calendars import read_hours
from comptoir.sites.exceptions.schemas import ExceptionView
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.public_holidays import holiday_region
from comptoir.sites.schemas import SiteView

_EXCEPTIONS = """
SELECT id, site, first_day, last_day, kind, hours, reason, yearly FROM sites_exception
"""


async def exceptions(sites: Sequence[UUID], *, since: date) -> list[ExceptionView]:
    """What these sites have announced for days from ``since`` on, and every year."""
    rows = await db.fetch(
        f"{_EXCEPTIONS} WHERE site IN :sites AND (yearly OR last_day >= :since) "
        "ORDER BY first_day, id",
        sites=list(sites),
        since=since,
    )
    return [_view(row) for row in rows]


async def exception(exception_id: UUID) -> ExceptionView | None:
    """One of them, or None."""
    row = await db.fetch_one(f"{_EXCEPTIONS} WHERE id = :id", id=exception_id)
    return _view(row) if row else None


async def public_calendar(site: SiteView, *, since: date) -> SiteCalendar:
    """A site's calendar from ``since`` on, with the reasons that the public reads."""
    [calendar] = await public_calendars([site], since=since)
    return calendar


async def public_calendars(sites: Sequence[SiteView], *, since: date) -> list[SiteCalendar]:
    """The same for several sites, in their order."""
    announced = await exceptions([site.id for site in sites], since=since)
    return [
        SiteCalendar(
            ZoneInfo(site.time_zone),
            Hours.of(site.opening_hours) if site.opening_hours else None,
            tuple(each.exception() for each in announced if each.site == site.id),
            holiday_region(site.country, site.region, site.local_holidays),
        )
        for site in sites
    ]


def _view(row: db.Row) -> ExceptionView:
    return ExceptionView(
        id=row["id"],
        site=row["site"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        kind=ExceptionKind(row["kind"]),
        hours=read_hours(row["hours"]),
        reason=row["reason"],
        yearly=bool(row["yearly"]),
    )
