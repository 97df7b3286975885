"""Opening hours as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
from babel.dates import get_day_names, get_month_names

from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.web.formats import format_month_day, locale
from comptoir.sites.calendar import DayHours
from comptoir.sites.expressions.evaluation import DayPlan, Hours, Piece
from comptoir.sites.expressions.model import DateRange, Effect, MonthDay, NthWeekday
from comptoir.sites.expressions.weeks import Season, Week, seasons, usual_week
from comptoir.sites.expressions.writing import write_time
from comptoir.sites.opening_hours import END_OF_DAY, DaySource, Times
from comptoir.sites.public_holidays import NAMES

_PLACES = {
    1: _l("first %(weekday)s of the month"),
    2: _l("second %(weekday)s of the month"),
    3: _l("third %(weekday)s of the month"),
    4: _l("fourth %(weekday)s of the month"),
    5: _l("fifth %(weekday)s of the month"),
    -1: _l("last %(weekday)s of the month"),
}


class DayLine(msgspec.Struct, frozen=True):
    """One line of an opening-hours list: some days, and when they are open.

    ``hours`` is empty on days that are closed.
    """

    days: str
    hours: str


class SeasonLines(msgspec.Struct, frozen=True):
    """Part of the year that has a week of its own; ``dates`` says when, with its name if it has.

    Examples are ``July to August`` and ``Summer holidays (July to August)``.
    """

    dates: str
    week: list[DayLine]


class ServiceLine(msgspec.Struct, frozen=True):
    """What is there at hours of its own, such as a workshop."""

    name: str
    hours: str


class HoursText(msgspec.Struct, frozen=True):
    """All that a site's hours say, for people to read."""

    week: list[DayLine]
    seasons: list[SeasonLines]
    services: list[ServiceLine]


def describe_hours(hours: Hours) -> HoursText:
    """The usual week, the seasons and the services."""
    return HoursText(day_lines(usual_week(hours)), season_lines(hours), service_lines(hours))


def day_lines(week: Week) -> list[DayLine]:
    """A week in the reader's language, neighbouring days with equal hours together."""
    names = _weekdays()
    texts = [plan_text(plan) for plan in week]
    lines: list[DayLine] = []
    start = 0
    for weekday in range(7):
        following = weekday + 1
        if following < 7 and texts[weekday] == texts[following]:
            continue
        pair = [names[start], names[weekday]]
        days = _listed(pair) if weekday == start + 1 else _from_to(*pair)
        lines.append(DayLine(_capital(days), texts[weekday]))
        start = following
    return lines


def season_lines(hours: Hours) -> list[SeasonLines]:
    """The parts of the year that have a week of their own."""
    return [SeasonLines(_season_text(season), day_lines(season.week)) for season in seasons(hours)]


def service_lines(hours: Hours) -> list[ServiceLine]:
    """What is there at hours of its own, such as a workshop: each by name, rule by rule."""
    names = _weekdays()
    texts: dict[str, list[str]] = {}
    for rule in hours.rules:
        if rule.effect is Effect.SERVICE:
            weekdays = [names[weekday] for weekday in rule.weekdays]
            days = ", ".join(weekdays + [_place_text(each) for each in rule.places])
            dates = f" ({_dates_text(rule.dates)})" if rule.dates else ""
            times = times_text(rule.times)
            texts.setdefault(rule.note, []).append(f"{days} {times}{dates}".strip())
    return [ServiceLine(name, "; ".join(each)) for name, each in texts.items()]


def day_reason(day: DayHours) -> str:
    """Why a day is as it is, for people to read: a holiday's name in their language."""
    if day.source is DaySource.HOLIDAY:
        return str(NAMES[day.reason])
    return day.reason


def plan_text(plan: DayPlan) -> str:
    """When the door is open on a day, and when by appointment; empty: closed."""
    return _listed(plan_texts(plan))


def plan_texts(plan: DayPlan) -> list[str]:
    """The same, stretch by stretch."""
    return [_piece_text(each) for each in plan.pieces if each.effect is not Effect.SERVICE]


def times_text(hours: Sequence[Times]) -> str:
    """Hours as people read them: ``09:00–12:00 and 14:00–17:00``."""
    return _listed([f"{write_time(each.opens)}–{write_time(each.closes)}" for each in hours])


def weekday_names() -> list[str]:
    """Monday to Sunday in the reader's language, each with a capital."""
    return [_capital(name) for name in _weekdays()]


def _piece_text(piece: Piece) -> str:
    times = f"{write_time(piece.opens)}–{write_time(piece.closes)}"
    if piece.effect is not Effect.BY_APPOINTMENT:
        return times
    if (piece.opens, piece.closes) == (0, END_OF_DAY):
        return _("by appointment")
    return _("%(hours)s by appointment", hours=times)


def _dates_text(dates: Iterable[DateRange]) -> str:
    months = get_month_names("wide", "stand-alone", locale=locale())
    texts = []
    for each in dates:
        if (each.first.day, each.last.day) == (1, 31):
            texts.append(_from_to(months[each.first.month], months[each.last.month]))
        else:
            ends = dict.fromkeys((_month_day_text(each.first), _month_day_text(each.last)))
            texts.append(" – ".join(ends))
    return _listed(texts)


def _season_text(season: Season) -> str:
    dates = _dates_text(season.dates)
    return f"{season.name} ({dates})" if season.name else _capital(dates)


def _month_day_text(day: MonthDay) -> str:
    return format_month_day(date(2028, day.month, day.day))


def _place_text(place: NthWeekday) -> str:
    name = _weekdays()[place.weekday]
    known = [str(_PLACES[each]) % {"weekday": name} for each in place.places if each in _PLACES]
    return ", ".join(known)


def _weekdays() -> list[str]:
    names = get_day_names("wide", "stand-alone", locale=locale())
    return [names[weekday] for weekday in range(7)]


def _from_to(first: str, last: str) -> str:
    return first if first == last else _("%(first)s to %(last)s", first=first, last=last)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(hours: Sequence[str]) -> str:
    if len(hours) < 2:
        return "".join(hours)
    return _("%(first)s and %(last)s", first=", ".join(hours[:-1]), last=hours[-1])
