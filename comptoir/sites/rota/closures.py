"""Shifts on days on which a site would be closed: the rota's line in the preview."""

from __future__ import annotations

from uuid import UUID

from comptoir.core.i18n import ngettext
from comptoir.sites import queries as sites
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Consequence, Plan
from comptoir.sites.exceptions.shut_days import shut_days
from comptoir.sites.rota import queries
from comptoir.sites.rota.occurrences import absent, occurrences, presences

KIND = "shifts"


async def shifts_then(plan: Plan) -> Consequence | None:
    """How many shifts are planned on days that would be shut, but for people who are away.

    They stay: it is for people to say.
    """
    count = 0
    for site in plan.sites:
        count += await _count(plan, site)
    if not count:
        return None
    text = ngettext(
        "%(num)s shift is planned then. It stays on the rota.",
        "%(num)s shifts are planned then. They stay on the rota.",
        count,
    )
    return Consequence(kind=KIND, count=count, text=text, state=str(count), happens=False)


async def _count(plan: Plan, site: UUID) -> int:
    calendar = await sites.site_calendar(site)
    days = shut_days(plan, calendar)
    if not days:
        return 0
    people = [person.id for person in await queries.team(site)]
    wide = queries.around(days[0], days[-1])
    shifts = [
        each for each in await queries.shifts_of(people, days[0], days[-1]) if each.site == site
    ]
    absences = queries.as_absences(await queries.absences_of(people, *wide))
    away = absent(absences, *wide, calendar.zone)
    planned = occurrences(shifts, days[0], days[-1])
    shut = frozenset(days)
    return sum(bool(presences([each], away)) for each in planned if each.day in shut)


def register() -> None:
    """Take part in the previews of closures and of other hours."""
    consequences.register(shifts_then)
