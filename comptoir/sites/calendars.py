"""A site's calendar as the database keeps it, in the columns of one row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from comptoir.core import db
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.opening_hours import Times
from comptoir.sites.public_holidays import holiday_region

#: What ``calendar_of`` needs of a row, for a statement that reads ``sites_site site``.
#: The reasons of exceptions are not among it.
COLUMNS = """
    site.time_zone, site.country, site.region, site.local_holidays, site.opening_hours,
    (SELECT string_agg(CAST(day.first_day AS TEXT) || ' ' || CAST(day.last_day AS TEXT) || ' '
                   || day.kind || ' ' || CASE WHEN day.yearly THEN 'yearly' ELSE 'once' END
                   || ' ' || day.hours, ';')
     FROM sites_exception day WHERE day.site = site.id) AS exceptions
"""


def calendar_of(row: db.Row) -> SiteCalendar:
    """The calendar of a row with ``COLUMNS``."""
    return _calendar(
        row["time_zone"],
        row["opening_hours"],
        row["exceptions"] or "",
        holiday_region(row["country"], row["region"], row["local_holidays"].split()),
    )


# One edit changes a text of the row, so that what is kept here is never an old calendar.
@lru_cache(maxsize=1024)
def _calendar(time_zone: str, hours: str, exceptions: str, region: str) -> SiteCalendar:
    return SiteCalendar(
        ZoneInfo(time_zone),
        Hours.of(hours) if hours else None,
        tuple(_exception(text) for text in exceptions.split(";") if text),
        region,
    )


async def calendar(site_id: UUID) -> SiteCalendar | None:
    """The calendar of one site as the database has it now; None: there is no such site."""
    row = await db.fetch_one(
        f"SELECT {COLUMNS} FROM sites_site site WHERE site.id = :id", id=site_id
    )
    return calendar_of(row) if row else None


def _exception(text: str) -> DayException:
    first_day, last_day, kind, yearly, hours = text.split(" ")
    return DayException(
        date.fromisoformat(first_day),
        date.fromisoformat(last_day),
        ExceptionKind(kind),
        read_hours(hours),
        yearly=yearly == "yearly",
    )


def hours_text(hours: Iterable[Times]) -> str:
    """Hours as ``540-720,810-1080``, in minutes from midnight."""
    return ",".join(f"{each.opens}-{each.closes}" for each in sorted(hours))


def read_hours(text: str) -> tuple[Times, ...]:
    """The hours that ``hours_text`` wrote."""
    pairs = (pair.split("-") for pair in text.split(",") if pair)
    return tuple(Times(int(opens), int(closes)) for opens, closes in pairs)
