"""An expression as people think of it: a usual week, and weeks of seasons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import msgspec

from comptoir.sites.expressions.evaluation import DayPlan, Hours, day_plan
from comptoir.sites.expressions.model import DateRange, Effect, Rule
from comptoir.sites.opening_hours import Span

#: What each weekday is like, Monday first.
Week = tuple[DayPlan, ...]


class Season(msgspec.Struct, frozen=True):
    """Days of the year, and their own week; ``name`` is what a rule that shuts them all says."""

    dates: tuple[DateRange, ...]
    week: Week
    name: str = ""

    def __contains__(self, day: date) -> bool:
        return any(day in each for each in self.dates)


def usual_week(hours: Hours) -> Week:
    """The week outside the seasons."""
    return _week(hours, lambda rule: False)


def week_at(hours: Hours, day: date) -> Week:
    """The week that holds at a time of the year: of its season, or the usual one."""
    return _week(hours, lambda rule: any(day in each for each in rule.dates))


def seasons(hours: Hours) -> list[Season]:
    """The seasons with hours of their own, as they come in the expression."""
    found = dict.fromkeys(
        rule.dates for rule in hours.rules if rule.dates and rule.effect is not Effect.SERVICE
    )

    def season(dates: tuple[DateRange, ...]) -> Season:
        closing = Rule(dates=dates, effect=Effect.CLOSED)
        names = (each.note for each in hours.rules if _without_note(each) == closing)
        week = _week(hours, lambda rule: rule.dates == dates)
        return Season(dates, week, next(filter(None, names), ""))

    return [season(dates) for dates in found]


def open_spans(week: Sequence[DayPlan]) -> tuple[Span, ...]:
    """When the door is open in a week, in order."""
    return tuple(
        Span(weekday, piece.opens, piece.closes)
        for weekday, plan in enumerate(week)
        for piece in plan.pieces
        if piece.effect is Effect.OPEN
    )


def _without_note(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, note="", adds=False)


def _week(hours: Hours, is_in_season: Callable[[Rule], bool]) -> Week:
    rules = [
        rule
        for rule in hours.rules
        if not rule.is_narrow or (not rule.weeks and not rule.places and is_in_season(rule))
    ]
    return tuple(
        day_plan([rule for rule in rules if not rule.weekdays or weekday in rule.weekdays])
        for weekday in range(7)
    )
