"""Shifts on days on which a site would be closed: the rota's line in the preview."""

from __future__ import annotations

from comptoir.core.i18n import ngettext
from comptoir.sites.calendar import DayException, ExceptionKind
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Consequence, Plan
from comptoir.sites.rota import queries
from comptoir.sites.rota.occurrences import occurrences

KIND = "shifts"


async def shifts_then(plan: Plan) -> Consequence | None:
    """How many shifts are planned on the days of a closure. They stay: it is for people to say."""
    exception = plan.change
    if not isinstance(exception, DayException) or exception.kind is not ExceptionKind.CLOSED:
        return None
    first, last = max(exception.first_day, plan.now.date()), exception.last_day
    count = 0
    for site in plan.sites:
        people = [person.id for person in await queries.team(site)]
        shifts = await queries.shifts_of(people, first, last)
        count += len(occurrences([each for each in shifts if each.site == site], first, last))
    if not count:
        return None
    text = ngettext(
        "%(num)s shift is planned then. It stays on the rota.",
        "%(num)s shifts are planned then. They stay on the rota.",
        count,
    )
    return Consequence(kind=KIND, count=count, text=text, state=str(count))


def register() -> None:
    """Take part in the previews of closures."""
    consequences.register(shifts_then)
