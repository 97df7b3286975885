"""Shifts on days on which a site would be closed: the rota's part of the preview."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec

from comptoir.core import db, events
from comptoir.core.i18n import ngettext
from comptoir.core.idempotency import fingerprint
from comptoir.core.web.panels import Panel
from comptoir.sites import queries as sites
from comptoir.sites.calendar import DayException
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Consequence, Plan
from comptoir.sites.exceptions.events import ExceptionsAnnounced
from comptoir.sites.exceptions.shut_days import shut_days
from comptoir.sites.rota import queries
from comptoir.sites.rota.clearing import clear_announced, planned_on
from comptoir.sites.rota.occurrences import Occurrence, absent, presences
from comptoir.sites.rota.wording import minutes_text

KIND = "shifts"
#: How many shifts the page names; the text counts all of them.
NAMED = 20


class PlannedShift(msgspec.Struct, frozen=True):
    """A shift that is planned on a day that would be shut."""

    day: date
    name: str
    times: str


class ShiftsPreview(msgspec.Struct, frozen=True):
    """The first of the shifts, how many more there are, and whether they can be taken off."""

    text: str
    named: tuple[PlannedShift, ...]
    more: int
    can_clear: bool


async def shifts_then(plan: Plan) -> Consequence | None:
    """Which shifts are planned on days that would be shut, but for people who are away.

    They stay, unless whoever announces a closure has them taken off.
    """
    names: dict[UUID, str] = {}
    planned: list[Occurrence] = []
    for site in plan.sites:
        names |= {person.id: person.name for person in await queries.team(site)}
        planned += await _planned(plan, site)
    if not planned:
        return None
    text = ngettext(
        "%(num)s shift is planned then. It stays on the rota.",
        "%(num)s shifts are planned then. They stay on the rota.",
        len(planned),
    )
    return Consequence(
        kind=KIND,
        count=len(planned),
        text=text,
        state=fingerprint(*sorted(f"{each.shift.id} {each.day}" for each in planned)),
        panel=Panel("sites/_shifts_preview.html", _preview(plan, planned, names)),
        happens=False,
    )


def _preview(plan: Plan, planned: list[Occurrence], names: Mapping[UUID, str]) -> ShiftsPreview:
    named = [
        PlannedShift(
            each.day, names[each.shift.person], minutes_text(each.shift.starts, each.shift.ends)
        )
        for each in planned[:NAMED]
    ]
    count = len(planned)
    text = ngettext("%(num)s shift is planned then:", "%(num)s shifts are planned then:", count)
    can_clear = isinstance(plan.change, DayException)
    return ShiftsPreview(text, tuple(named), count - len(named), can_clear)


async def _planned(plan: Plan, site: UUID) -> list[Occurrence]:
    calendar = await sites.site_calendar(site)
    days = shut_days(plan, calendar)
    if not days:
        return []
    planned = await planned_on(site, days)
    people = sorted({each.shift.person for each in planned})
    wide = queries.around(days[0], days[-1])
    absences = queries.as_absences(await queries.absences_of(people, *wide))
    away = absent(absences, *wide, calendar.zone)
    return [each for each in planned if presences([each], away)]


async def left_out_then(exception_id: UUID) -> str:
    """How many shifts were taken off for a closure that is withdrawn now; "" for none."""
    row = await db.fetch_one(
        "SELECT COUNT(*) AS count FROM sites_shift_skip WHERE closure = :closure",
        closure=exception_id,
    )
    if not row or not row["count"]:
        return ""
    return ngettext(
        "%(num)s shift was taken off the rota for it. The rota offers it back.",
        "%(num)s shifts were taken off the rota for it. The rota offers them back.",
        row["count"],
    )


def register() -> None:
    """Take part in the previews of closures and of other hours, and in announcing them."""
    consequences.register(shifts_then)
    consequences.register_outcome(left_out_then)
    events.subscribe(ExceptionsAnnounced, clear_announced)
