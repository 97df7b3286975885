"""When a site is open on certain days, and what it announces, for other programs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import Call, delete, get, post
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.fields import year_errors
from comptoir.core.i18n import gettext as _
from comptoir.sites import queries as sites
from comptoir.sites.calendar import StatedInterval
from comptoir.sites.errors import (
    ExceptionNotFound,
    PreviewOutdated,
    SiteNotFound,
    SitesForbidden,
)
from comptoir.sites.exceptions import queries, services
from comptoir.sites.exceptions.schemas import AnnounceException, Announcement, ExceptionView
from comptoir.sites.hours import day_reason
from comptoir.sites.opening_hours import DaySource, DayState
from comptoir.sites.rota.clearing import put_back_for

READERS = ("desk", "inventory", "borrowers", "settings")
WRITERS = ("settings",)
TAG = "Sites"
#: The most days that one answer tells of.
MOST_DAYS = 400


class DaysQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which days, at the site; both are included."""

    first: Annotated[date, msgspec.Meta(description="The first day.")] = msgspec.field(name="from")
    last: Annotated[date, msgspec.Meta(description="The last day, at most 400 days later.")] = (
        msgspec.field(name="to")
    )


class WithdrawQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was looked at before."""

    seen: Annotated[
        str,
        msgspec.Meta(description="The preview's, to withdraw only where it is still true."),
    ] = ""


class DayView(msgspec.Struct, frozen=True):
    """One day and its stretches that are not closed. Those with state `open` are the door's.

    `source` says what decided; `reason` is the exception's, or the holiday's name. A day
    whose hours nobody has said is `unknown`, not closed.
    """

    day: date
    state: DayState
    intervals: tuple[StatedInterval, ...]
    source: DaySource
    reason: str


class OpeningHours(msgspec.Struct, frozen=True):
    """Each day that was asked for. Moments are in UTC."""

    time_zone: str
    days: list[DayView]


class OpenDays(msgspec.Struct, frozen=True):
    """The days on which the door is open at all."""

    days: list[date]


class Exceptions(msgspec.Struct, frozen=True):
    """What is announced, by its first day."""

    items: list[ExceptionView]


@get("/sites/{site_id:uuid}/opening-hours", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def opening_hours(call: Call, site_id: UUID, query: DaysQuery) -> OpeningHours:
    """Tell when a site is open on each of some days, and why.

    Exceptions beat public holidays, these beat seasons, which beat the weekly hours.
    """
    site = await sites.site(site_id, call.actor)
    calendar = await queries.public_calendar(site, since=query.first)
    days = []
    for day in _days(query):
        found = calendar.on(day)
        days.append(DayView(day, found.state, found.stated(), found.source, day_reason(found)))
    return OpeningHours(site.time_zone, days)


@get("/sites/{site_id:uuid}/open-days", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def open_days(call: Call, site_id: UUID, query: DaysQuery) -> OpenDays:
    """List the days on which a site is open."""
    site = await sites.site(site_id, call.actor)
    calendar = await queries.public_calendar(site, since=query.first)
    return OpenDays([day for day in _days(query) if calendar.is_open_day(day)])


@get("/sites/{site_id:uuid}/exceptions", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def list_exceptions(call: Call, site_id: UUID) -> Exceptions:
    """List what a site has announced for today and later, and for every year."""
    site = await sites.site(site_id, call.actor)
    calendar = await sites.site_calendar(site.id)
    return Exceptions(await queries.exceptions([site.id], since=calendar.local_date(call.now)))


@post(
    "/exceptions",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(SiteNotFound, SitesForbidden, PreviewOutdated),
)
async def announce_exception(call: Call, data: AnnounceException) -> Announcement:
    """Announce days on which some sites are closed, or open at other hours.

    All of the sites take it, or none. What is due on these days moves with it; see
    `POST /exceptions/preview`. Send the preview's `seen` to announce only what was
    looked at.
    """
    return await services.announce_exception(call.actor, data, now=call.now)


@delete(
    "/exceptions/{exception_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(ExceptionNotFound, SitesForbidden, PreviewOutdated),
)
async def withdraw_exception(call: Call, exception_id: UUID, query: WithdrawQuery) -> None:
    """Take an exception back.

    Before its days have begun, loans are due again as they were, unless they were
    renewed or returned since. What is due in hours that are taken away moves as by a
    closure; see `POST /exceptions/{exception_id}/withdrawal/preview`. Shifts that were taken
    off for it are back on the rota where their people are free.
    """
    site = await services.withdraw_exception(
        call.actor, exception_id, seen=query.seen, now=call.now
    )
    await put_back_for(call.actor, site, exception_id, now=call.now)


def _days(query: DaysQuery) -> list[date]:
    """The days of a query.

    Raises:
        Invalid: they are none, or too many, or out of reach.
    """
    errors = [
        *year_errors("from", "sites.day-out-of-reach", query.first),
        *year_errors("to", "sites.day-out-of-reach", query.last),
    ]
    if errors:
        raise Invalid(errors)
    count = (query.last - query.first) // timedelta(days=1) + 1
    if count < 1:
        message = _("The last day comes before the first. Correct one of them.")
        raise Invalid([FieldError("to", "sites.days-end-before-start", message)])
    if count > MOST_DAYS:
        message = _("Ask for at most %(most)s days at a time.", most=MOST_DAYS)
        raise Invalid([FieldError("to", "sites.too-many-days", message)])
    return [query.first + timedelta(days=number) for number in range(count)]


ROUTES = [
    opening_hours,
    open_days,
    list_exceptions,
    announce_exception,
    withdraw_exception,
]
