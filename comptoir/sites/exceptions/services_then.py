"""Services on days that would be shut, such as a workshop: their line in the preview."""

from __future__ import annotations

from datetime import date

from babel.dates import get_day_names

from comptoir.core.i18n import gettext as _
from comptoir.core.web.formats import locale
from comptoir.sites import queries as sites
from comptoir.sites.calendar import DayException, SiteCalendar, Withdrawal, around
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Consequence, Plan
from comptoir.sites.exceptions.shut_days import shut_days
from comptoir.sites.expressions.model import Effect

KIND = "services"


async def services_then(plan: Plan) -> Consequence | None:
    """Which services a closure takes away, or stay by other hours on a day without a door."""
    weekdays = get_day_names("wide", "format", locale=locale())
    found: dict[str, None] = {}
    for site in plan.sites:
        calendar = await sites.site_calendar(site)
        for day in shut_days(plan, calendar):
            for name in _names_on(plan, calendar, day):
                found[f"{name} ({weekdays[day.weekday()]})"] = None
    if not found:
        return None
    names = ", ".join(found)
    text = (
        _("This would not take place then: %(services)s.", services=names)
        if isinstance(plan.change, DayException)
        else _(
            "The door would be shut, and this would still take place: %(services)s. "
            "If it should not, take it out of the hours.",
            services=names,
        )
    )
    return Consequence(kind=KIND, count=len(found), text=text, state=names, happens=False)


def _names_on(plan: Plan, calendar: SiteCalendar, day: date) -> list[str]:
    if isinstance(plan.change, DayException | Withdrawal):
        return _services(calendar, day)
    # Whoever enters a new service on a day without a door means it.
    before, after = (_services(each, day) for each in around(plan.change, calendar))
    return [name for name in after if name in before]


def _services(calendar: SiteCalendar, day: date) -> list[str]:
    return [piece.note for piece in calendar.on(day).plan.pieces if piece.effect is Effect.SERVICE]


def register() -> None:
    """Take part in the previews of closures and of other hours."""
    consequences.register(services_then)
