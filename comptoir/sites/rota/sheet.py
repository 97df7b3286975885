"""The week of a site on paper, for the wall."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from comptoir.core.i18n import current_language
from comptoir.core.i18n import gettext as _
from comptoir.core.printing.pdf import make_pdf
from comptoir.core.web.formats import format_day, format_days
from comptoir.sites.opening_hours import DayState
from comptoir.sites.rota.schemas import RotaDay, RotaView
from comptoir.sites.rota.wording import day_label, interval_text, minutes_text

_TEMPLATE = Path(__file__).parents[1] / "print" / "rota.typ"


def shown_days(rota: RotaView) -> list[RotaDay]:
    """Monday to Friday, and the weekend where the door is open or somebody comes."""
    return [day for day in rota.days if day.day.weekday() < 5 or day.intervals or day.shifts]


def day_hours(day: RotaDay, rota: RotaView) -> list[str]:
    """When the door is open on a day, a text for each stretch; else what the day is like."""
    if day.intervals:
        return [interval_text(each, ZoneInfo(rota.time_zone)) for each in day.intervals]
    match day.state:
        case DayState.CLOSED:
            return [_("closed"), *([day.reason] if day.reason else [])]
        case DayState.BY_APPOINTMENT:
            return [_("by appointment")]
    return []  # nobody has said, or the day is for a service alone


def render(site: str, rota: RotaView, today: date) -> bytes:
    """The rota of some days as PDF/UA, a table for each week; ``today`` is that of printing."""
    weeks = [list(week) for _number, week in groupby(shown_days(rota), _week)]
    data = {
        "title": _("Rota of %(site)s", site=site),
        "language": current_language(),
        "person": _("Name"),
        "weeks": [
            {
                "name": format_days(week[0].day, week[-1].day),
                "days": [[day_label(day.day), day_hours(day, rota)] for day in week],
                "rows": [
                    [person.name, [_times(day, person.id) for day in week]] for person in rota.team
                ],
            }
            for week in weeks
        ],
        "footer": _("As of %(day)s. Comptoir has the latest rota.", day=format_day(today, "long")),
    }
    return make_pdf(_TEMPLATE, data)


def _week(day: RotaDay) -> int:
    """Which week a day is in, by number; each begins on a Monday."""
    return (day.day.toordinal() - 1) // 7


def _times(day: RotaDay, person: UUID) -> list[str]:
    """When somebody means to be there that day, and whether they are away for part of it."""
    times = [
        minutes_text(shift.starts, shift.ends)
        for shift in day.shifts
        if shift.person == person and not shift.absent
    ]
    return [*times, _("Away")] if person in day.away else times
