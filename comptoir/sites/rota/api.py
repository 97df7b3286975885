"""The rota for other programs: the plan, what it lacks, and who could help."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import Call, Pdf, delete, get, post
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.printing.pdf import in_background
from comptoir.sites import queries as sites
from comptoir.sites.chosen import today_at
from comptoir.sites.errors import SiteNotFound, SitesForbidden
from comptoir.sites.rota import (
    absences,
    clearing,
    gaps,
    links,
    needs,
    offers,
    queries,
    sheet,
    shifts,
)
from comptoir.sites.rota.errors import (
    AbsenceNotFound,
    DayNotClosed,
    GapFilled,
    NeedNotFound,
    NotYours,
    OfferNotFound,
    OfferTaken,
    ShiftNotFound,
)
from comptoir.sites.rota.rules import Need
from comptoir.sites.rota.schemas import (
    AddAbsence,
    AddNeed,
    AddShift,
    ChangeShift,
    FillGap,
    OfferShift,
    Reach,
    RotaView,
)
from comptoir.sites.rota.week import rota
from comptoir.sites.staff.errors import NotYourColleague

SCOPES = ("settings",)
TAG = "Rota"
#: The most days that one answer tells of.
MOST_DAYS = 62


class RotaQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which days, at the site; both are included."""

    first: Annotated[date, msgspec.Meta(description="The first day: today or later.")] = (
        msgspec.field(name="from")
    )
    last: Annotated[date, msgspec.Meta(description="The last day, at most 61 days later.")] = (
        msgspec.field(name="to")
    )


class RemoveQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The day that the shift falls on, and whether it goes from then on."""

    day: Annotated[date, msgspec.Meta(description="A day on which the shift falls.")]
    reach: Annotated[
        Reach, msgspec.Meta(description="That day alone, or it and every later one.")
    ] = Reach.DAY


class Made(msgspec.Struct, frozen=True):
    """What was made."""

    id: UUID


class TakeOffer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who takes the shift."""

    person: UUID


class Needs(msgspec.Struct, frozen=True):
    """What a site needs while its door is open."""

    items: list[Need]


class OfDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day, at the site."""

    day: date


class Shifts(msgspec.Struct, frozen=True):
    """How many shifts it was about."""

    count: int


class NewCalendarLink(msgspec.Struct, frozen=True):
    """A private calendar link, as a path. It is shown this once."""

    site: UUID
    link: str | None


@get("/sites/{site_id:uuid}/rota", scopes=SCOPES, tag=TAG, errors=(SiteNotFound,))
async def read_rota(call: Call, site_id: UUID, query: RotaQuery) -> RotaView:
    """Read a site's rota: who means to be there, what is lacking, and who could come.

    It is a plan. Whether somebody came is recorded nowhere, and days that are over are
    told to nobody.
    """
    site = await sites.site(site_id, call.actor)
    _check_days(query, today=today_at(site, now=call.now))
    return await rota(call.actor, site.id, query.first, query.last)


@get("/sites/{site_id:uuid}/rota.pdf", scopes=SCOPES, tag=TAG, errors=(SiteNotFound,))
async def print_rota(call: Call, site_id: UUID, query: RotaQuery) -> Pdf:
    """Print a site's rota, as the wall has it: a week has room on a page."""
    site = await sites.site(site_id, call.actor)
    today = today_at(site, now=call.now)
    _check_days(query, today=today)
    found = await rota(call.actor, site.id, query.first, query.last)
    return Pdf(await in_background(sheet.render, site.name, found, today), "rota.pdf")


def _check_days(query: RotaQuery, *, today: date) -> None:
    """Let only days pass that the rota tells of, ``today`` or later, and not too many.

    Raises:
        Invalid: they are others.
    """
    if query.last < query.first:
        message = _("The last day comes before the first. Correct one of them.")
        raise Invalid([FieldError("to", "sites.days-end-before-start", message)])
    if query.last - query.first >= timedelta(days=MOST_DAYS):
        message = _("Ask for at most %(most)s days at a time.", most=MOST_DAYS)
        raise Invalid([FieldError("to", "sites.too-many-days", message)])
    if query.first < today or query.last.year > today.year + 10:
        message = _("The rota tells of today and of later days only.")
        raise Invalid([FieldError("from", "sites.days-out-of-reach", message)])


@post(
    "/shifts",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(SiteNotFound, SitesForbidden, GapFilled),
)
async def add_shift(call: Call, data: AddShift) -> Made:
    """Put somebody on the rota, for a day or for every week."""
    return Made(await shifts.add_shift(call.actor, data, now=call.now))


@post(
    "/shifts/{shift_id:uuid}/changes",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(ShiftNotFound, SitesForbidden),
)
async def change_shift(call: Call, shift_id: UUID, data: ChangeShift) -> Made:
    """Give a shift to somebody else, or another day or time.

    What it becomes is another shift, whose id is told.
    """
    return Made(await shifts.change_shift(call.actor, shift_id, data, now=call.now))


@delete("/shifts/{shift_id:uuid}", scopes=SCOPES, tag=TAG, errors=(ShiftNotFound, SitesForbidden))
async def remove_shift(call: Call, shift_id: UUID, query: RemoveQuery) -> None:
    """Take a shift off the rota, for a day or from that day on."""
    await shifts.remove_shift(call.actor, shift_id, query.day, query.reach, now=call.now)


@post("/shift-offers", scopes=SCOPES, tag=TAG, status=201, errors=(ShiftNotFound, NotYours))
async def offer_shift(call: Call, data: OfferShift) -> Made:
    """Offer a shift of one day to the colleagues of whoever has it."""
    return Made(await offers.offer_shift(call.actor, data, now=call.now))


@post(
    "/shift-offers/{offer_id:uuid}/take",
    scopes=SCOPES,
    tag=TAG,
    errors=(OfferNotFound, OfferTaken, NotYours, ShiftNotFound),
)
async def take_offer(call: Call, offer_id: UUID, data: TakeOffer) -> Made:
    """Let somebody take a shift that was offered; the shift it is now is told."""
    return Made(await offers.take_offer(call.actor, offer_id, data.person, now=call.now))


@delete(
    "/shift-offers/{offer_id:uuid}",
    scopes=SCOPES,
    tag=TAG,
    errors=(OfferNotFound, OfferTaken, NotYours),
)
async def withdraw_offer(call: Call, offer_id: UUID) -> None:
    """Offer a shift no more."""
    await offers.withdraw_offer(call.actor, offer_id, now=call.now)


@post(
    "/sites/{site_id:uuid}/rota/gaps/fill",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(SiteNotFound, NotYours, GapFilled),
)
async def fill_gap(call: Call, site_id: UUID, data: FillGap) -> Made:
    """Let somebody come for a time when a person is missing, or for a part of it.

    The coordinator sees on the rota that they came forward.
    """
    return Made(await gaps.fill_gap(call.actor, site_id, data, now=call.now))


@post(
    "/sites/{site_id:uuid}/rota/closed-days/clear",
    scopes=SCOPES,
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden, DayNotClosed),
)
async def clear_closed_day(call: Call, site_id: UUID, data: OfDay) -> Shifts:
    """Take all shifts of a closed day off the rota.

    If the closure is withdrawn later, they can be put back.
    """
    return Shifts(await clearing.clear_day(call.actor, site_id, data.day, now=call.now))


@post(
    "/sites/{site_id:uuid}/rota/closed-days/restore",
    scopes=SCOPES,
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden),
)
async def restore_closed_day(call: Call, site_id: UUID, data: OfDay) -> Shifts:
    """Put back what was taken off a day for a closure that was withdrawn.

    Whoever is at work elsewhere or away by now stays off.
    """
    return Shifts(await clearing.put_back(call.actor, site_id, data.day, now=call.now))


@post("/absences", scopes=SCOPES, tag=TAG, status=201, errors=(NotYours, NotYourColleague))
async def add_absence(call: Call, data: AddAbsence) -> Made:
    """Enter when somebody is away. There is no field for why."""
    return Made(await absences.add_absence(call.actor, data, now=call.now))


@delete(
    "/absences/{absence_id:uuid}",
    scopes=SCOPES,
    tag=TAG,
    errors=(AbsenceNotFound, NotYourColleague),
)
async def remove_absence(call: Call, absence_id: UUID) -> None:
    """Take an absence back."""
    await absences.remove_absence(call.actor, absence_id, now=call.now)


@get("/sites/{site_id:uuid}/needs", scopes=SCOPES, tag=TAG, errors=(SiteNotFound,))
async def list_needs(call: Call, site_id: UUID) -> Needs:
    """List what a site needs while its door is open."""
    site = await sites.site(site_id, call.actor)
    return Needs(await queries.needs(site.id))


@post(
    "/sites/{site_id:uuid}/needs",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(SiteNotFound, SitesForbidden),
)
async def add_need(call: Call, site_id: UUID, data: AddNeed) -> Made:
    """Let the rota of a site say where this is lacking."""
    return Made(await needs.add_need(call.actor, site_id, data, now=call.now))


@delete("/needs/{need_id:uuid}", scopes=SCOPES, tag=TAG, errors=(NeedNotFound, SitesForbidden))
async def remove_need(call: Call, need_id: UUID) -> None:
    """Ask for it no more."""
    await needs.remove_need(call.actor, need_id, now=call.now)


@post(
    "/sites/{site_id:uuid}/calendar-link",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(SiteNotFound, SitesForbidden),
    secret="link",  # noqa: S106 – the name of a field
)
async def renew_calendar_link(call: Call, site_id: UUID) -> NewCalendarLink:
    """Make the private link of a site's rota as iCalendar; it ends the one before."""
    token = await links.renew_site_link(call.actor, site_id, now=call.now)
    return NewCalendarLink(site_id, links.path_of(token))


ROUTES = [
    read_rota,
    print_rota,
    add_shift,
    change_shift,
    remove_shift,
    offer_shift,
    take_offer,
    withdraw_offer,
    fill_gap,
    clear_closed_day,
    restore_closed_day,
    add_absence,
    remove_absence,
    list_needs,
    add_need,
    remove_need,
    renew_calendar_link,
]
