"""What the rota says of times, needs and gaps, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized, ngettext
from comptoir.core.web.formats import format_day_of_year, format_weekday
from comptoir.sites.expressions.writing import write_time
from comptoir.sites.hours import weekday_names
from comptoir.sites.opening_hours import END_OF_DAY, Interval
from comptoir.sites.rota.occurrences import Shift
from comptoir.sites.rota.rules import Need
from comptoir.sites.rota.schemas import AddShift, ChangeShift, Reach
from comptoir.sites.skills.languages import language_name
from comptoir.sites.skills.schemas import Competence

Names = Mapping[UUID, str]


def competence_names(competences: Sequence[Competence]) -> Names:
    """Each competence by its name in the reader's language."""
    return {each.id: localized(each.names) for each in competences}


def minutes_text(starts: int, ends: int) -> str:
    """Two minutes of a day as ``09:00–12:00``."""
    return f"{write_time(starts)}–{write_time(ends)}"


def interval_text(interval: Interval, zone: ZoneInfo) -> str:
    """A stretch of time as ``09:00–12:00``, by the clock at the site; its end may be 24:00."""
    opens, closes = interval.opens.astimezone(zone), interval.closes.astimezone(zone)
    ends = "24:00" if f"{closes:%H:%M}" == "00:00" else f"{closes:%H:%M}"
    return f"{opens:%H:%M}–{ends}"


def day_label(day: date) -> str:
    """The weekday and the number of a day, as ``Tuesday 24``."""
    text = format_weekday(day)
    return text[:1].upper() + text[1:]


def change_text(before: Shift, change: ChangeShift, names: Names) -> str:
    """What became of a shift, as ``Claire: Wednesday, 25 November → Thursday, 26 November``."""
    old = [format_day_of_year(change.day), minutes_text(before.starts, before.ends)]
    new = [format_day_of_year(change.new_day), minutes_text(change.starts, change.ends)]
    holder, taker = names.get(before.person, ""), names.get(change.person, "")
    if holder == taker and old == new:
        return _("Nothing is changed.")
    if old[1] == new[1]:
        old, new = old[:1], new[:1]
    if holder == taker:
        words = {"name": holder, "before": ", ".join(old), "after": ", ".join(new)}
        text = _("%(name)s: %(before)s → %(after)s", **words)
    else:
        text = f"{', '.join((holder, *old))} → {', '.join((taker, *new))}"
    if change.reach is Reach.FOLLOWING and not before.once:
        return _("%(change)s, and all later ones", change=text)
    return text


def added_text(added: AddShift, names: Names) -> str:
    """Who was put on the rota, when, and how often."""
    often = ["", _("every week"), _("every other week")][added.every_weeks]
    return _(
        "On the rota: %(name)s, %(day)s, %(times)s",
        name=names.get(added.person, ""),
        day=format_day_of_year(added.day),
        times=", ".join(filter(None, (minutes_text(added.starts, added.ends), often))),
    )


def removal_text(shift: Shift, day: date, name: str, *, following: bool) -> str:
    """Which shift was taken off the rota."""
    words = {
        "name": name,
        "day": format_day_of_year(day),
        "times": minutes_text(shift.starts, shift.ends),
    }
    if following:
        return _("Taken off the rota from %(day)s on: %(name)s, %(times)s", **words)
    return _("Taken off the rota: %(name)s, %(day)s, %(times)s", **words)


def asked_text(need: Need, names: Names) -> str:
    """The language and the competence that a need asks for; empty for whoever it is."""
    asked = [language_name(need.language)] if need.language else []
    if need.competence is not None:
        asked.append(names.get(need.competence, ""))
    return ", ".join(asked)


def need_text(need: Need, names: Names) -> str:
    """A need as one line, such as ``Wednesday, 14:00–16:00: 2 people, Italian``."""
    days = [_("Whenever the door is open"), *weekday_names()]
    when = days[0 if need.weekday is None else need.weekday + 1]
    if (need.starts, need.ends) != (0, END_OF_DAY):
        when += f", {minutes_text(need.starts, need.ends)}"
    people = ngettext("%(num)s person", "%(num)s people", need.people)
    what = ", ".join(filter(None, (people, asked_text(need, names))))
    return _("%(when)s: %(what)s", when=when, what=what)


def gap_text(need: Need, missing: int, names: Names) -> str:
    """What is lacking, such as ``1 person is missing`` or ``Somebody is missing for: Italian``."""
    asked = asked_text(need, names)
    if not asked:
        return ngettext("%(num)s person is missing", "%(num)s people are missing", missing)
    if missing == need.people:
        return _("Somebody is missing for: %(asked)s", asked=asked)
    return ngettext(
        "%(num)s person is missing for: %(asked)s",
        "%(num)s people are missing for: %(asked)s",
        missing,
        asked=asked,
    )
