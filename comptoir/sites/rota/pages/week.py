"""The week of a site: who means to be there, what is lacking, and who could help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get

from comptoir.core.accounts.guards import require
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Role
from comptoir.core.printing.pdf import in_background
from comptoir.core.web import Filters, page
from comptoir.core.web.formats import format_days
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.chosen import Chosen, chosen_site
from comptoir.sites.exceptions.schemas import MOST_HOURS
from comptoir.sites.expressions.writing import write_time
from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY, DayState, Interval, Times
from comptoir.sites.rota import queries, sheet
from comptoir.sites.rota.pages.places import Page, rota_address, week_of
from comptoir.sites.rota.schemas import (
    GapView,
    LeftOutView,
    OfferView,
    RotaDay,
    RotaView,
    ShiftView,
)
from comptoir.sites.rota.week import rota
from comptoir.sites.rota.wording import Names, competence_names, day_label, gap_text, interval_text
from comptoir.sites.rota.wording import minutes_text as minutes
from comptoir.sites.skills.queries import competences
from comptoir.sites.staff import queries as staff
from comptoir.sites.times import time_field

RECEPTION = [require(Role.RECEPTION)]


class Helper(msgspec.Struct, frozen=True):
    """Somebody who could come. ``times`` is empty where it is for all of it."""

    name: str
    times: str
    add: str


class Coming(msgspec.Struct, frozen=True):
    """A time for which the reader can come, on a day and between two of its minutes."""

    day: date
    starts: int
    ends: int

    @property
    def fields(self) -> tuple[str, str]:
        """The same as the fields of a form have it."""
        return time_field(self.starts), time_field(self.ends)


class Lack(msgspec.Struct, frozen=True):
    """One line of what is lacking on a day. ``mine`` is when the reader can come.

    ``add`` is the form that puts somebody there, if the reader may.
    """

    day: date
    times: str
    text: str
    helpers: list[Helper]
    mine: list[Coming]
    add: str


class Shorter(msgspec.Struct, frozen=True):
    """A day on which nobody can come for some of the hours. ``hours`` is what could be kept.

    ``skills``: somebody can, but not with the language or competence that is needed.
    """

    day: date
    hours: str
    announce: str
    skills: bool


class Cell(msgspec.Struct, frozen=True):
    """What somebody's day has in it; ``add`` is where one puts them on the rota, if one may."""

    day: date
    label: str
    closed: bool
    shifts: list[ShiftView]
    away: bool
    add: str


class Row(msgspec.Struct, frozen=True):
    """One person's week."""

    person: UUID
    name: str
    cells: list[Cell]


@get("/rota", guards=RECEPTION)
async def show_week(request: Page) -> Response[str]:
    """One week of a site, to read, and for coordinators to fill."""
    filters = Filters(request)
    chosen = await chosen_site(request, filters.site())
    monday = week_of(filters.day("day", _("Day")), chosen.today)
    found = await rota(request.user, chosen.id, *_told(monday, chosen))
    names = {person.id: person.name for person in found.team}
    known = competence_names(await competences())
    days = sheet.shown_days(found)
    edits_absences = chosen.edits and found.absences
    return page(
        request,
        "sites/rota.html",
        chosen=chosen,
        monday=monday,
        week=format_days(monday, monday + 6 * ONE_DAY),
        before=_week_link(chosen, monday - ONE_DAY, monday),
        after=_week_link(chosen, monday + 7 * ONE_DAY, monday),
        days=[(day, day_label(day.day), sheet.day_hours(day, found)) for day in days],
        rows=_rows(found, days, chosen),
        closed=_on_closed_days(found, chosen),
        left_out=_left_out(found, chosen),
        lacks=_lacks(found, chosen, names, known, request.user.id),
        warns=bool(await queries.needs(chosen.id)),
        shorter=_shorter(found, chosen),
        offered=[each for each in found.offers if not each.taken_by],
        taken=[each for each in found.offers if each.taken_by],
        absences=[each for each in found.absences if each.first_day <= monday + 6 * ONE_DAY],
        looked_after=await staff.looked_after(request.user) if edits_absences else (),
        names=names,
        minutes=minutes,
        may_take=_may_take(request, names, chosen.today),
    )


@get("/rota/rota.pdf", guards=RECEPTION)
async def print_week(request: Page) -> Response[bytes]:
    """The same week on paper, for the wall."""
    filters = Filters(request)
    chosen = await chosen_site(request, filters.site())
    monday = week_of(filters.day("day", _("Day")), chosen.today)
    filters.need_right()
    found = await rota(request.user, chosen.id, *_told(monday, chosen))
    pdf = await in_background(sheet.render, chosen.site.name, found, chosen.today)
    headers = {"Content-Disposition": 'inline; filename="rota.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _told(monday: date, chosen: Chosen) -> tuple[date, date]:
    """The days of a week that are not over: of the others nothing is told of anybody."""
    return max(monday, chosen.today), monday + 6 * ONE_DAY


def _on_closed_days(found: RotaView, chosen: Chosen) -> list[tuple[date, list[ShiftView]]]:
    """The closed days on which somebody is planned, and their shifts."""
    planned = [
        (day.day, [shift for shift in day.shifts if not shift.absent])
        for day in found.days
        if day.state is DayState.CLOSED
    ]
    return [(day, shifts) for day, shifts in planned if shifts]


def _left_out(found: RotaView, chosen: Chosen) -> list[tuple[date, tuple[LeftOutView, ...]]]:
    """What was taken off for closures that were withdrawn, for who may act."""
    if not chosen.edits:
        return []
    return [(day.day, day.left_out) for day in found.days if day.left_out]


def _rows(found: RotaView, days: Sequence[RotaDay], chosen: Chosen) -> list[Row]:
    return [
        Row(
            person.id,
            person.name,
            [
                Cell(
                    day.day,
                    day_label(day.day),
                    day.state is DayState.CLOSED,
                    [shift for shift in day.shifts if shift.person == person.id],
                    person.id in day.away,
                    _add_address(chosen, day, person.id) if chosen.edits else "",
                )
                for day in days
            ],
        )
        for person in found.team
    ]


def _lacks(
    found: RotaView, chosen: Chosen, names: dict[UUID, str], known: Names, reader: UUID | None
) -> list[Lack]:
    zone = ZoneInfo(found.time_zone)
    return [
        Lack(
            day.day,
            interval_text(gap.interval, zone),
            gap_text(gap.need, gap.missing, known),
            _helpers(day, gap, chosen, names, zone),
            [
                _coming(each, zone)
                for helper in gap.helpers
                if helper.person == reader
                for each in helper.free
            ],
            _add_address(chosen, day, None, gap.interval, zone) if chosen.edits else "",
        )
        for day in found.days
        for gap in day.gaps
    ]


def _helpers(
    day: RotaDay, gap: GapView, chosen: Chosen, names: dict[UUID, str], zone: ZoneInfo
) -> list[Helper]:
    return [
        Helper(
            names[helper.person],
            ""
            if helper.free == (gap.interval,)
            else ", ".join(interval_text(each, zone) for each in helper.free),
            _add_address(chosen, day, helper.person, helper.free[0], zone) if chosen.edits else "",
        )
        for helper in gap.helpers
    ]


def _coming(free: Interval, zone: ZoneInfo) -> Coming:
    """The shift that fills a time; what goes on after midnight is another."""
    opens, closes = free.opens.astimezone(zone), free.closes.astimezone(zone)
    ends = closes.hour * 60 + closes.minute if closes.date() == opens.date() else END_OF_DAY
    return Coming(opens.date(), opens.hour * 60 + opens.minute, ends)


def _shorter(found: RotaView, chosen: Chosen) -> list[Shorter]:
    return [
        Shorter(
            day.day,
            ", ".join(minutes(each.opens, each.closes) for each in hours),
            _exception_address(chosen, day.day, hours) if chosen.edits else "",
            skills,
        )
        for day in found.days
        for hours, skills in ((day.hours_left, False), (day.hours_with_skills, True))
        # What the form has no room for is nothing that anybody would announce.
        if hours is not None and len(hours) <= MOST_HOURS
    ]


def _exception_address(chosen: Chosen, day: date, hours: Sequence[Times]) -> str:
    """The form that closes or shortens a day, filled in."""
    fields: dict[str, Any] = {"site": chosen.id, "day": day, "kind": ExceptionKind.CLOSED}
    if hours:
        fields["kind"] = ExceptionKind.OPEN
        for place, each in enumerate(hours):
            fields[f"opens_{place}"] = write_time(each.opens)
            fields[f"closes_{place}"] = time_field(each.closes)
    return f"/settings/exceptions/new?{urlencode(fields)}"


def _add_address(
    chosen: Chosen,
    day: RotaDay,
    person: UUID | None,
    times: Interval | None = None,
    zone: ZoneInfo | None = None,
) -> str:
    """The form of a new shift, filled in; the times are those asked for, else of the door."""
    fields: dict[str, Any] = {"site": chosen.id, "day": day.day, "person": person or ""}
    if times is not None:
        opens, closes = times.opens.astimezone(zone), times.closes.astimezone(zone)
        fields |= {"starts": f"{opens:%H:%M}", "ends": f"{closes:%H:%M}", "for_gap": "yes"}
    return f"/rota/shifts/new?{urlencode(fields)}"


def _week_link(chosen: Chosen, day: date, monday: date) -> str:
    """Another week, or nothing where the rota ends."""
    found = week_of(day, chosen.today)
    return "" if found == monday else rota_address(chosen.id, found)


def _may_take(request: Page, names: dict[UUID, str], today: date) -> Callable[[OfferView], bool]:
    """Whether the reader may take an offered shift for themselves."""

    def may(offer: OfferView) -> bool:
        return request.user.id in names and offer.person != request.user.id and offer.day >= today

    return may


ROUTES = [show_week, print_week]
