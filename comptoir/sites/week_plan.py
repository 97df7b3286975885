"""Opening hours as the weekly grid has them: a week, seasons, services.

The grid makes an expression, and shows one that it could have made. What only an
expression can say (``Sa[1]``, ``week 01-53/2``) is left to whoever writes expressions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from datetime import date
from itertools import combinations

import msgspec

from comptoir.core.i18n import LANGUAGES, use_language
from comptoir.core.i18n import gettext as _
from comptoir.sites.expressions.evaluation import DayPlan, Hours, Piece
from comptoir.sites.expressions.model import DateRange, Effect, Rule
from comptoir.sites.expressions.problems import ExpressionError
from comptoir.sites.expressions.weeks import Week, seasons, usual_week
from comptoir.sites.expressions.writing import write
from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY, Span, Times, span_problems
from comptoir.sites.times import MOST_SPANS

#: The most seasons, and the most services.
MOST_PARTS = 12
LONGEST_NAME = 60

LEAP_YEAR = [date(2028, 1, 1) + number * ONE_DAY for number in range(366)]


def _calendar_days() -> list[date]:
    """Each day of the year on each weekday that it may fall on; after 28 years all come again."""
    days = (date(2000, 1, 1) + number * ONE_DAY for number in range(28 * 365 + 7))
    return list({(day.month, day.day, day.weekday()): day for day in days}.values())


#: Two expressions of dates and weekdays that agree on these agree for ever.
_DAYS = _calendar_days()


class GridSpan(msgspec.Struct, frozen=True, order=True):
    """Some hours of a weekday: the door is open, or there are appointments."""

    weekday: int
    opens: int
    closes: int
    by_appointment: bool = False


class SeasonPlan(msgspec.Struct, frozen=True):
    """Part of the year with a week of its own; without spans, the door stays shut.

    The public reads its ``name``, which is kept as the comment of a rule that shuts the door.
    """

    dates: DateRange
    spans: tuple[GridSpan, ...] = ()
    name: str = ""


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
            if season.name or not own or usual - replaced:
                closed = Rule(dates=(season.dates,), effect=Effect.CLOSED, note=season.name)
                rules.append(closed)
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
        if any(_is_beyond(rule) for rule in hours.rules):
            return None
        plan = cls(
            _spans(usual_week(hours)),
            tuple(
                SeasonPlan(each.dates[0], _spans(each.week), each.name) for each in seasons(hours)
            ),
            tuple(_service(rule) for rule in hours.rules if rule.effect is Effect.SERVICE),
        )
        return plan if plan._fits() and plan._says_the_same_as(hours) else None

    def _fits(self) -> bool:
        """True if the form has room for it, and takes it as it is."""
        parts: list[SeasonPlan | ServicePlan] = [*self.seasons, *self.services]
        weeks = (self.spans, *(part.spans for part in parts))
        return (
            max(len(self.seasons), len(self.services)) <= MOST_PARTS
            and all(len(part.name) <= LONGEST_NAME for part in parts)
            and not clashes([season.dates for season in self.seasons])
            and all(map(_is_sound, weeks))
        )

    def _says_the_same_as(self, hours: Hours) -> bool:
        try:
            again = Hours.of(self.expression("en"))
        except ExpressionError:  # longer than may be
            return False
        notes = _notes()
        return all(_same(hours.on(day), again.on(day), notes) for day in _DAYS)


def appointment_note() -> str:
    """What the reader's language calls hours that are neither open nor closed."""
    return _("by appointment")


def clashes(seasons: Sequence[DateRange | None]) -> list[int]:
    """The places of seasons that have a day in common with one before them; None has none."""
    known = [(number, dates) for number, dates in enumerate(seasons) if dates]
    return [
        later
        for (_number, one), (later, other) in combinations(known, 2)
        if any(day in one and day in other for day in LEAP_YEAR)
    ]


def _is_sound(spans: Sequence[GridSpan]) -> bool:
    """True if a week of the form may have these spans."""
    counts = Counter(span.weekday for span in spans)
    week = [Span(each.weekday, each.opens, each.closes) for each in spans]
    return max(counts.values(), default=0) <= MOST_SPANS and not span_problems(week)


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
        (one.note, one.is_seasonal) == (other.note, other.is_seasonal)
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


def _is_beyond(rule: Rule) -> bool:
    """True if the grid has no place for what a rule says, whatever the others say."""
    works_holidays = rule.holidays and rule.effect is not Effect.CLOSED
    return works_holidays or bool(rule.weeks or rule.places) or len(rule.dates) > 1
