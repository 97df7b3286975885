"""Opening hours as the weekly grid has them: a week, seasons, services.

The grid makes an expression, and shows one that it could have made. What only an
expression can say (``Sa[1]``, ``week 01-53/2``) is left to whoever writes expressions.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date

import msgspec

from comptoir.core.i18n import LANGUAGES, use_language
from comptoir.core.i18n import gettext as _
from comptoir.sites.expressions.evaluation import DayPlan, Hours, Piece
from comptoir.sites.expressions.model import DateRange, Effect, Rule
from comptoir.sites.expressions.weeks import Week, seasons, usual_week
from comptoir.sites.expressions.writing import write
from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY, Times

#: Two years with a leap day: two expressions that agree on them agree for ever.
_DAYS = [date(2027, 1, 1) + number * ONE_DAY for number in range(731)]


class GridSpan(msgspec.Struct, frozen=True, order=True):
    """Some hours of a weekday: the door is open, or there are appointments."""

    weekday: int
    opens: int
    closes: int
    by_appointment: bool = False


class SeasonPlan(msgspec.Struct, frozen=True):
    """Part of the year with a week of its own; without spans, the door stays shut."""

    dates: DateRange
    spans: tuple[GridSpan, ...] = ()


class ServicePlan(msgspec.Struct, frozen=True):
    """What is there at hours of its own; ``dates`` if for part of the year only."""

    name: str
    spans: tuple[GridSpan, ...]
    dates: DateRange | None = None


class HoursPlan(msgspec.Struct, frozen=True):
    """All that the grid holds."""

    spans: tuple[GridSpan, ...] = ()
    seasons: tuple[SeasonPlan, ...] = ()
    services: tuple[ServicePlan, ...] = ()

    def expression(self, language: str) -> str:
        """The same as an expression; appointments are named in a language."""
        with use_language(language):
            note = appointment_note()
        rules = _week_rules(self.spans, (), note)
        usual = {span.weekday for span in self.spans}
        for season in self.seasons:
            own = _week_rules(season.spans, (season.dates,), note)
            replaced = {day for rule in own if not rule.adds for day in rule.weekdays}
            if not own or usual - replaced:
                rules.append(Rule(dates=(season.dates,), effect=Effect.CLOSED))
            rules += own
        for service in self.services:
            dates = (service.dates,) if service.dates else ()
            rules += [
                msgspec.structs.replace(rule, note=service.name, adds=True, effect=Effect.SERVICE)
                for rule in _rules(service.spans, dates)
            ]
        return write(rules)

    @classmethod
    def of(cls, text: str) -> HoursPlan | None:
        """The plan of an expression; None if the grid could not have made it.

        Raises:
            ExpressionError: it is not understood.
        """
        hours = Hours.of(text)
        found = seasons(hours)
        services = [rule for rule in hours.rules if rule.effect is Effect.SERVICE]
        dates = [*(each.dates for each in found), *(rule.dates for rule in services)]
        if any(len(each) > 1 for each in dates):
            return None
        plan = cls(
            _spans(usual_week(hours)),
            tuple(SeasonPlan(each.dates[0], _spans(each.week)) for each in found),
            tuple(_service(rule) for rule in services),
        )
        again = Hours.of(plan.expression("en"))
        notes = _notes()
        same = all(_same(hours.on(day), again.on(day), notes) for day in _DAYS)
        return plan if same and not any(_works_holidays(rule) for rule in hours.rules) else None


def appointment_note() -> str:
    """What the reader's language calls hours that are neither open nor closed."""
    return _("by appointment")


def _week_rules(spans: Iterable[GridSpan], dates: tuple[DateRange, ...], note: str) -> list[Rule]:
    spans = sorted(spans)
    rules = _rules([span for span in spans if not span.by_appointment], dates)
    # A semicolon would cut off the hours of the night before.
    if any(each.closes > END_OF_DAY for each in spans):
        rules[1:] = [msgspec.structs.replace(rule, adds=True) for rule in rules[1:]]
    for rule in _rules([span for span in spans if span.by_appointment], dates):
        rules.append(
            msgspec.structs.replace(rule, effect=Effect.BY_APPOINTMENT, note=note, adds=bool(rules))
        )
    return rules


def _rules(spans: Iterable[GridSpan], dates: tuple[DateRange, ...]) -> list[Rule]:
    """One rule for the weekdays that have the same times."""
    times: dict[int, list[Times]] = {}
    for span in sorted(spans):
        times.setdefault(span.weekday, []).append(Times(span.opens, span.closes))
    weekdays: dict[tuple[Times, ...], list[int]] = {}
    for weekday, each in times.items():
        weekdays.setdefault(tuple(each), []).append(weekday)
    return [Rule(dates=dates, weekdays=tuple(days), times=each) for each, days in weekdays.items()]


def _spans(week: Week) -> tuple[GridSpan, ...]:
    return tuple(
        GridSpan(weekday, piece.opens, piece.closes, piece.effect is Effect.BY_APPOINTMENT)
        for weekday, plan in enumerate(week)
        for piece in plan.pieces
        if piece.effect is not Effect.SERVICE
    )


def _service(rule: Rule) -> ServicePlan:
    spans = tuple(
        GridSpan(weekday, each.opens, each.closes)
        for weekday in rule.weekdays or range(7)
        for each in rule.times
    )
    return ServicePlan(rule.note, spans, rule.dates[0] if rule.dates else None)


def _same(one: DayPlan, other: DayPlan, notes: Container[str]) -> bool:
    """True if two days are the same; ``notes`` all mean that one comes by appointment."""
    return one == other or (
        one.note == other.note
        and [_plain(each, notes) for each in one.pieces]
        == [_plain(each, notes) for each in other.pieces]
    )


def _plain(piece: Piece, notes: Container[str]) -> Piece:
    if piece.effect is not Effect.BY_APPOINTMENT or piece.note not in notes:
        return piece
    return msgspec.structs.replace(piece, note="")


def _notes() -> set[str]:
    notes = {""}
    for language in LANGUAGES:
        with use_language(language):
            notes.add(appointment_note())
    return notes


def _works_holidays(rule: Rule) -> bool:
    return rule.holidays and rule.effect is not Effect.CLOSED
