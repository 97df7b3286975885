"""Expressions that Hypothesis makes up, and whether two of them mean the same."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from comptoir.core.i18n import LANGUAGES, use_language
from comptoir.sites.expressions.checks import expression_problems
from comptoir.sites.expressions.evaluation import Hours, Piece
from comptoir.sites.expressions.model import (
    DateRange,
    Effect,
    MonthDay,
    NthWeekday,
    Rule,
    WeekRange,
)
from comptoir.sites.expressions.writing import write
from comptoir.sites.opening_hours import END_OF_DAY, NIGHT_ENDS, ONE_DAY, Times
from comptoir.sites.week_plan import appointment_note

TODAY = date(2026, 11, 25)

#: All pairs of a date and a weekday, and all weeks of the year, come up in 28 years.
_DAYS = [date(2020, 1, 1) + number * ONE_DAY for number in range(28 * 365 + 7)]

_MONTH_DAYS = st.dates(date(2028, 1, 1), date(2028, 12, 31)).map(
    lambda day: MonthDay(day.month, day.day)
)


@st.composite
def _times(draw: st.DrawFn) -> Times:
    opens = draw(st.integers(0, 23)) * 60
    latest = NIGHT_ENDS if opens >= END_OF_DAY // 2 else END_OF_DAY
    return Times(opens, draw(st.integers(opens // 60 + 1, latest // 60)) * 60)


@st.composite
def _rule(draw: st.DrawFn) -> Rule:
    odd = draw(st.integers(0, 9)) == 0  # what the grid cannot show comes now and then
    dates = draw(st.lists(st.builds(DateRange, _MONTH_DAYS, _MONTH_DAYS), max_size=1 + odd))
    weekdays = tuple(sorted(draw(st.sets(st.integers(0, 6)))))
    effect = draw(st.sampled_from(Effect))
    times = draw(st.lists(_times(), max_size=2))
    if effect in (Effect.OPEN, Effect.SERVICE) and not times:
        times = [draw(_times())]
    note = draw(st.sampled_from(["", "sur rendez-vous", "Été"]))
    return Rule(
        dates=tuple(dates),
        weeks=(WeekRange(20, draw(st.integers(20, 53))),) if odd and draw(st.booleans()) else (),
        weekdays=weekdays if weekdays or dates else tuple(range(7)),
        places=(NthWeekday(0, (draw(st.integers(1, 5)),)),) if odd else (),
        holidays=odd and draw(st.booleans()),
        times=tuple(times),
        effect=effect,
        note="Atelier" if effect is Effect.SERVICE else "" if effect is Effect.OPEN else note,
        adds=draw(st.booleans()),
    )


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Hours of every kind, without what would not be kept."""
    kept: list[Rule] = []
    for rule in draw(st.lists(_rule(), min_size=1, max_size=5)):
        if not expression_problems(write([*kept, rule]), today=TODAY):
            kept.append(rule)
    return write(kept)


def is_same_calendar(one: str, other: str) -> bool:
    """True if two expressions say the same of each day, also of one that is a holiday.

    A rule that says of an appointment only that it is one says the same in each language.
    """
    first, second = Hours.of(one), Hours.of(other)
    return all(
        _plain(first, day, holiday) == _plain(second, day, holiday)
        for holiday in (False, True)
        for day in (_DAYS[:731] if holiday else _DAYS)
    )


def _plain(hours: Hours, day: date, holiday: bool) -> tuple[object, ...]:
    plan = hours.on(day, holiday=holiday)
    # Of a holiday the public reads its name, whatever a rule says.
    note = "" if holiday else plan.note
    return (note, plan.is_seasonal and not holiday, *map(_piece, plan.pieces))


def _piece(piece: Piece) -> Piece:
    if piece.effect is Effect.BY_APPOINTMENT and piece.note in _NOTES:
        return Piece(piece.opens, piece.closes, piece.effect)
    return piece


def _notes() -> set[str]:
    notes = {""}
    for language in LANGUAGES:
        with use_language(language):
            notes.add(appointment_note())
    return notes


_NOTES = _notes()
