"""What an expression says of one day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property

import msgspec

from comptoir.sites.expressions.model import Effect, Rule
from comptoir.sites.expressions.reading import read
from comptoir.sites.opening_hours import END_OF_DAY, Times

_WHOLE_DAY = (Times(0, END_OF_DAY),)


class Piece(msgspec.Struct, frozen=True, order=True):
    """Part of a day, in minutes from its midnight, and what is true of it."""

    opens: int
    closes: int
    effect: Effect
    note: str = ""


class DayPlan(msgspec.Struct, frozen=True):
    """A day's pieces in order; ``is_seasonal`` if a rule of a season decided.

    ``note`` is what a rule that closes the day says of it.
    """

    pieces: tuple[Piece, ...] = ()
    is_seasonal: bool = False
    note: str = ""


class Hours:
    """The rules of an expression, to be asked about many days.

    Whether a holiday is worked is said by rules that name ``PH``; without one, it is not.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        # Few sets of rules meet on a day, however many days are asked for.
        self._plans: dict[tuple[int, ...], DayPlan] = {}

    @classmethod
    def of(cls, text: str) -> Hours:
        """The hours of an expression.

        Raises:
            ExpressionError: it is not understood.
        """
        return cls(read(text).rules)

    def on(self, day: date, *, holiday: bool = False) -> DayPlan:
        """What the rules say of a day."""
        candidates = self.holiday_rules if holiday else self.weekday_rules[day.weekday()]
        met = tuple(
            [
                index
                for index, rule in candidates
                if rule is None or rule.covers(day, holiday=holiday)
            ]
        )
        plan = self._plans.get(met)
        if plan is None:
            plan = self._plans[met] = day_plan([self.rules[index] for index in met])
        return plan

    @cached_property
    def holiday_rules(self) -> list[tuple[int, Rule]]:
        """The rules that may speak of a public holiday, with their places."""
        return [(index, rule) for index, rule in enumerate(self.rules) if rule.holidays]

    @cached_property
    def weekday_rules(self) -> list[list[tuple[int, Rule | None]]]:
        """For each weekday the places of the rules that may speak of it.

        The rule comes along where only the date can tell.
        """
        return [
            [
                (index, rule if rule.is_dated or rule.places else None)
                for index, rule in enumerate(self.rules)
                if rule.may_cover(weekday)
            ]
            for weekday in range(7)
        ]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hours) and self.rules == other.rules

    def __hash__(self) -> int:
        return hash(self.rules)


def day_plan(rules: Iterable[Rule]) -> DayPlan:
    """What rules that all speak of one day make of it, in their order."""
    door: list[Piece] = []
    services: list[Piece] = []
    deciding: list[Rule] = []
    for rule in rules:
        if not rule.adds:
            door, services, deciding = [], [], []
        deciding.append(rule)
        new = [
            Piece(each.opens, each.closes, rule.effect, rule.note)
            for each in rule.times or _WHOLE_DAY
        ]
        if rule.effect is Effect.SERVICE:
            same = [each for each in services if each.note == rule.note]
            services = [each for each in services if each.note != rule.note]
            services += joined(without(same, new) + new)
            continue
        door = without(door, new)
        if rule.effect is Effect.CLOSED:
            services = without(services, new)
        else:
            door = joined(door + new)
    return DayPlan(
        tuple(sorted(door + services)),
        any(rule.is_dated for rule in deciding if rule.effect is not Effect.SERVICE),
        next((rule.note for rule in reversed(deciding) if rule.effect is Effect.CLOSED), ""),
    )


def without(pieces: Iterable[Piece], cut: Iterable[Piece]) -> list[Piece]:
    """What is left of pieces where others are cut out of them."""
    left = list(pieces)
    for each in cut:
        parts = []
        for piece in left:
            for opens, closes in (
                (piece.opens, min(piece.closes, each.opens)),
                (max(piece.opens, each.closes), piece.closes),
            ):
                if opens < closes:
                    parts.append(Piece(opens, closes, piece.effect, piece.note))
        left = parts
    return left


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces in order; those of one effect that follow on without a gap are one."""
    found: list[Piece] = []
    for piece in sorted(pieces):
        before = found[-1] if found else None
        if (
            before
            and before.closes >= piece.opens
            and (before.effect, before.note) == (piece.effect, piece.note)
        ):
            longest = max(before.closes, piece.closes)
            found[-1] = Piece(before.opens, longest, before.effect, before.note)
        else:
            found.append(piece)
    return found
