"""What an expression says that nobody can have meant, though it can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations

import msgspec

from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.model import Effect, Rule
from comptoir.sites.expressions.problems import ExpressionError, Problem, ProblemCode
from comptoir.sites.expressions.reading import Place, Reading, read
from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY, Times

#: Around 2100, which has none, there are eight years between two leap days.
_UNTIL_A_LEAP_DAY = 8 * 366
#: The longest text in quotes: the name of a service, or what is said of an appointment.
LONGEST_NOTE = 120
_WHOLE_DAY = (Times(0, END_OF_DAY),)


def expression_problems(text: str, *, today: date) -> list[Problem]:
    """Everything wrong with an expression from ``today`` on, in the order of the text.

    What cannot be read ends at the first problem. An empty text has none: hours that
    are not known.
    """
    try:
        reading = read(text)
    except ExpressionError as error:
        return [error.problem]
    days = _days_of(reading, today)
    problems = [*_long_texts(reading), *_overlaps_within(reading), *_clashes(reading, days)]
    if not problems and reading.rules and not _ever_opens(reading, today):
        return [Problem(ProblemCode.NEVER_OPEN, 0, len(text))]
    return sorted(problems, key=lambda problem: problem.start)


def _days_of(reading: Reading, today: date) -> list[frozenset[date]]:
    """On which days each rule holds, over two years and a leap day."""
    first = date(today.year + -today.year % 4, 1, 1) - 365 * ONE_DAY
    return [
        _days(msgspec.structs.replace(rule, times=(), note=""), first) for rule in reading.rules
    ]


# An import checks thousands of sites, whose rules hold on the same few choices of days.
@lru_cache(maxsize=128)
def _days(rule: Rule, first: date) -> frozenset[date]:
    span = (first + number * ONE_DAY for number in range(731))
    return frozenset(day for day in span if rule.covers(day))


def _long_texts(reading: Reading) -> Iterator[Problem]:
    most = {"most": str(LONGEST_NOTE)}
    for rule, place in zip(reading.rules, reading.places, strict=True):
        if len(rule.note) > LONGEST_NOTE:
            yield Problem(ProblemCode.TEXT_TOO_LONG, place.start, place.end, most)


def _overlaps_within(reading: Reading) -> Iterator[Problem]:
    for rule, place in zip(reading.rules, reading.places, strict=True):
        for (one, _), (other, (start, end)) in combinations(
            zip(rule.times, place.times, strict=True), 2
        ):
            if _meet(one, other):
                yield Problem(ProblemCode.OVERLAP, start, end)


def _clashes(reading: Reading, days: Sequence[frozenset[date]]) -> Iterator[Problem]:
    """Where a rule silently replaces an earlier one, or overlaps with it."""
    #: On which days each of the rules so far still says something.
    alive: list[frozenset[date]] = []
    for rule, place, own in zip(reading.rules, reading.places, days, strict=True):
        for before, theirs in zip(reading.rules, alive, strict=False):
            shared = own & theirs
            nights = {day for day in own if day - ONE_DAY in theirs}
            if not rule.adds and _silently(before, rule):
                shared |= nights if _goes_past_midnight(before) else set()
                if shared:
                    yield _replaces(place, min(shared))
                    break
            if _same_kind(before, rule) and (
                spot := (rule.adds and shared and _overlap(before, rule, place))
                or (nights and _overlap(before, rule, place, days_later=1))
            ):
                yield Problem(ProblemCode.OVERLAP, *spot)
                break
        if not rule.adds:
            alive = [theirs - own for theirs in alive]
        alive.append(own)


def _silently(before: Rule, rule: Rule) -> bool:
    """True if a semicolon between these two is more likely a slip than meant."""
    if rule.effect is Effect.CLOSED:
        return False
    if before.effect is Effect.CLOSED:
        return before.is_narrow and not rule.is_narrow
    return before.is_narrow or not rule.is_narrow


def _goes_past_midnight(rule: Rule) -> bool:
    return any(each.closes > END_OF_DAY for each in rule.times)


def _same_kind(one: Rule, other: Rule) -> bool:
    """True if hours of both at one time contradict each other."""
    door = {Effect.OPEN, Effect.BY_APPOINTMENT}
    if one.effect is other.effect is Effect.SERVICE:
        return one.note == other.note
    return {one.effect, other.effect} <= door


def _overlap(
    before: Rule, rule: Rule, place: Place, *, days_later: int = 0
) -> tuple[int, int] | None:
    """Where times of a rule overlap with those of an earlier one, so many days before."""
    spots = place.times or ((place.start, place.end),)
    shift = days_later * END_OF_DAY
    earlier = [
        Times(each.opens - shift, each.closes - shift) for each in before.times or _WHOLE_DAY
    ]
    for times, spot in zip(rule.times or _WHOLE_DAY, spots, strict=True):
        if any(_meet(times, each) for each in earlier):
            return spot
    return None


def _replaces(place: Place, day: date) -> Problem:
    return Problem(ProblemCode.REPLACES, place.start, place.end, {"weekday": str(day.weekday())})


def _ever_opens(reading: Reading, today: date) -> bool:
    hours = Hours(reading.rules)
    days = (today + timedelta(days=number) for number in range(_UNTIL_A_LEAP_DAY + 1))
    return any(hours.on(day, holiday=holiday).pieces for day in days for holiday in (False, True))


def _meet(one: Times, other: Times) -> bool:
    return one.opens < other.closes and other.opens < one.closes
