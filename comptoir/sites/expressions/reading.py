"""Reading an expression: the part of the OpenStreetMap syntax that a lending desk needs.

Understood are rules with ``;`` or ``,`` between them, each made of

- months or days of the year: ``Jul-Aug``, ``Dec 20-Jan 05``, ``Jan,Mar``;
- weeks: ``week 01-53/2``;
- weekdays: ``Mo-Fr,Su``, ``Sa[1]`` (the first of the month), ``PH`` (public holidays);
- times: ``09:00-12:00,14:00-17:00``, ``22:00-02:00``; or ``24/7``;
- ``off`` or ``closed``; ``unknown``, which means by appointment; ``open`` with a text in
  quotes, which means: there for that service only.

Sunrise, Easter, school holidays, open ends, years and fallbacks (``||``) are refused: no
due date can rest on them, or an exception says them better.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import msgspec

from comptoir.sites.expressions.model import (
    DateRange,
    Effect,
    MonthDay,
    NthWeekday,
    Rule,
    WeekRange,
)
from comptoir.sites.expressions.problems import ExpressionError, Problem, ProblemCode
from comptoir.sites.expressions.writing import MONTHS, WEEKDAYS
from comptoir.sites.opening_hours import END_OF_DAY, Times, closing_minutes

Listed = TypeVar("Listed")

#: The longest text that is read, and the most rules in it.
LONGEST = 4000
MOST_RULES = 100

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*")|(?P<date>(?:19|20|21)[0-9]{2}(?:-[0-9]{1,2}-[0-9]{1,2})?)
    |(?P<time>[0-9]{1,2}:[0-9]{2})|(?P<number>[0-9]+)|(?P<word>[^\W\d_]+)|(?P<sign>\|\||\S)|(?P<end>$))""",
    re.VERBOSE,
)
_WEEKDAYS = {name.lower(): number for number, name in enumerate(WEEKDAYS)}
_MONTHS = {name.lower(): number for number, name in enumerate(MONTHS, start=1)}
_EFFECTS = {
    "open": Effect.OPEN,
    "off": Effect.CLOSED,
    "closed": Effect.CLOSED,
    "unknown": Effect.BY_APPOINTMENT,
}
_UNSUPPORTED = {"sunrise", "sunset", "dawn", "dusk", "easter", "sh", "year", "||", "+", "("}


class Token(msgspec.Struct, frozen=True):
    """A word of the text, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


class Place(msgspec.Struct, frozen=True):
    """Where a rule, and each pair of its times, stands in the text."""

    start: int
    end: int
    times: tuple[tuple[int, int], ...]


class Reading(msgspec.Struct, frozen=True):
    """The rules of a text, and the place of each in it."""

    rules: tuple[Rule, ...]
    places: tuple[Place, ...]


@lru_cache(maxsize=512)
def read(text: str) -> Reading:
    """The rules of an expression; an empty text has none.

    Raises:
        ExpressionError: it is not understood; the problem says where.
    """
    reading = _Reader(text).reading() if len(text) <= LONGEST else None
    if reading is None or len(reading.rules) > MOST_RULES:
        data = {"most": str(LONGEST), "rules": str(MOST_RULES)}
        raise ExpressionError(Problem(ProblemCode.TOO_LONG, 0, len(text), data))
    return reading


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.place = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.next
        self.place += token.kind != "end"
        return token

    def took(self, sign: str) -> bool:
        """Take the next token if it is this sign."""
        found = self.next.kind == "sign" and self.next.text == sign
        if found:
            self.take()
        return found

    def wrong(
        self, code: ProblemCode = ProblemCode.SYNTAX, *, since: int | None = None
    ) -> ExpressionError:
        """The problem with the next token, or with all that was taken ``since`` a place."""
        token = self.next
        if since is not None:
            return ExpressionError(Problem(code, since, self.tokens[self.place - 1].end))
        if code is ProblemCode.SYNTAX:
            if token.kind == "date":
                code = ProblemCode.YEAR
            elif token.kind == "text":
                code = ProblemCode.TEXT_ALONE
            elif token.text.lower() in _UNSUPPORTED:
                code = ProblemCode.UNSUPPORTED
        return ExpressionError(Problem(code, token.start, token.end))

    def reading(self) -> Reading:
        rules: list[Rule] = []
        places: list[Place] = []
        adds = False
        while self.next.kind != "end":
            rule, place = self.rule(adds=adds)
            rules.append(rule)
            places.append(place)
            adds = self.took(",")
            if adds and self.next.kind == "end":
                raise self.wrong()
            if not adds and not self.took(";") and self.next.kind != "end":
                raise self.wrong()
        return Reading(tuple(rules), tuple(places))

    def rule(self, *, adds: bool) -> tuple[Rule, Place]:
        start, begun = self.next.start, self.place
        if self.always():
            times, spots = [Times(0, END_OF_DAY)], [(start, self.tokens[self.place - 1].end)]
            rule = Rule()
        else:
            rule = self.days()
            times, spots = self.times()
        effect, note = self.effect(has_times=bool(times), start=start)
        if self.place == begun:
            raise self.wrong()
        if not (rule.is_dated or rule.weekdays or rule.places or rule.holidays):
            rule = Rule(weekdays=tuple(range(7)))
        rule = msgspec.structs.replace(
            rule, times=tuple(times), effect=effect, note=note, adds=adds
        )
        return rule, Place(start, self.tokens[self.place - 1].end, tuple(spots))

    def always(self) -> bool:
        texts = [token.text for token in self.tokens[self.place : self.place + 3]]
        if texts != ["24", "/", "7"]:
            return False
        self.place += 3
        return True

    def word(self) -> str:
        """The next token if it is a word, in lower case."""
        return self.next.text.lower() if self.next.kind == "word" else ""

    def listed(self, begins: Callable[[], bool], one: Callable[[], Listed]) -> list[Listed]:
        """As many as there are, with commas between them."""
        found: list[Listed] = []
        while begins():
            found.append(one())
            before_comma = self.place
            if not self.took(","):
                break
            if not begins():
                self.place = before_comma
                break
        return found

    def days(self) -> Rule:
        dates = self.listed(lambda: self.word() in _MONTHS, self.dates)
        weeks: list[WeekRange] = []
        if self.word() == "week":
            self.take()
            weeks = self.listed(lambda: self.next.kind == "number", self.weeks)
            if not weeks:
                raise self.wrong()
        weekdays: set[int] = set()
        places: list[NthWeekday] = []
        holidays = False
        for each in self.listed(lambda: self.word() in (*_WEEKDAYS, "ph"), self.weekday):
            if isinstance(each, NthWeekday):
                places.append(each)
            elif each:
                weekdays.update(each)
            else:
                holidays = True
        self.took(":")
        return Rule(tuple(dates), tuple(weeks), tuple(sorted(weekdays)), tuple(places), holidays)

    def dates(self) -> DateRange:
        first, has_day = self.month_day(1)
        if not self.took("-"):
            return DateRange(first, first if has_day else MonthDay(first.month, 31))
        if has_day and self.next.kind == "number":
            return DateRange(first, self.day_of(first.month))
        if self.word() not in _MONTHS:
            raise self.wrong()
        start = self.next.start
        last, ends_on_day = self.month_day(31)
        if has_day is not ends_on_day:
            raise self.wrong(since=start)
        return DateRange(first, last)

    def month_day(self, otherwise: int) -> tuple[MonthDay, bool]:
        """A month with or without a day; without, it is the day ``otherwise``."""
        month = _MONTHS[self.take().text.lower()]
        if self.next.kind != "number":
            return MonthDay(month, otherwise), False
        return self.day_of(month), True

    def day_of(self, month: int) -> MonthDay:
        day = int(self.next.text)
        if not 1 <= day <= monthrange(2028, month)[1]:  # 2028 is a leap year
            raise self.wrong(ProblemCode.DATE_IMPOSSIBLE)
        self.take()
        return MonthDay(month, day)

    def weeks(self) -> WeekRange:
        start = self.next.start
        first = last = self.number()
        if self.took("-"):
            last = self.number()
        step = self.number() if self.took("/") else 1
        if not (1 <= first <= last <= 53 and 1 <= step <= 53):
            raise self.wrong(ProblemCode.DATE_IMPOSSIBLE, since=start)
        return WeekRange(first, last, step)

    def weekday(self) -> NthWeekday | tuple[int, ...]:
        """Weekdays, or one by its place in the month; nothing stands for the holidays."""
        word = self.take().text.lower()
        if word == "ph":
            return ()
        first = _WEEKDAYS[word]
        if self.took("["):
            places = self.listed(lambda: self.next.text in ("-", *"12345"), self.nth)
            if not (places and self.took("]")):
                raise self.wrong()
            return NthWeekday(first, tuple(places))
        if not self.took("-"):
            return (first,)
        if self.word() not in _WEEKDAYS:
            raise self.wrong()
        last = _WEEKDAYS[self.take().text.lower()]
        return tuple((first + more) % 7 for more in range((last - first) % 7 + 1))

    def nth(self) -> int:
        sign = -1 if self.took("-") else 1
        if self.next.text not in tuple("12345"):
            raise self.wrong()
        return sign * int(self.take().text)

    def number(self) -> int:
        if self.next.kind != "number":
            raise self.wrong()
        return int(self.take().text)

    def times(self) -> tuple[list[Times], list[tuple[int, int]]]:
        """Pairs of times, and where each stands."""
        spots = []

        def pair() -> Times:
            start = self.next.start
            opens = self.time(END_OF_DAY - 1)
            if not self.took("-") or self.next.kind != "time":
                raise self.wrong()
            closes = closing_minutes(opens, self.time(END_OF_DAY))
            if self.next.text == "+":
                raise self.wrong()
            if closes is None:
                raise self.wrong(ProblemCode.ENDS_BEFORE_START, since=start)
            spots.append((start, self.tokens[self.place - 1].end))
            return Times(opens, closes)

        found = self.listed(lambda: self.next.kind == "time", pair)
        return found, spots

    def time(self, latest: int) -> int:
        hours, minutes = map(int, self.next.text.split(":"))
        if minutes > 59 or hours * 60 + minutes > latest:
            raise self.wrong(ProblemCode.TIME_OUTSIDE_DAY)
        self.take()
        return hours * 60 + minutes

    def effect(self, *, has_times: bool, start: int) -> tuple[Effect, str]:
        """What a rule makes of its times, and the text that says more."""
        effect = _EFFECTS.get(self.word())
        if effect:
            self.take()
        note = ""
        if self.next.kind == "text":
            if effect is None:
                raise self.wrong(ProblemCode.TEXT_ALONE)
            note = " ".join(self.take().text.strip('"').split())
        if (
            effect in (None, Effect.OPEN)
            and not has_times
            and self.tokens[self.place].start > start
        ):
            if self.next.kind in ("end", "sign") and self.next.text not in _UNSUPPORTED:
                raise self.wrong(ProblemCode.TIMES_MISSING, since=start)
            raise self.wrong()
        return (Effect.SERVICE if note and effect is Effect.OPEN else effect or Effect.OPEN), note


def _tokens(text: str) -> list[Token]:
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "end"
        word = match[kind]
        tokens.append(Token(kind, "-" if word in "–—" and word else word, *match.span(kind)))
        if kind == "end":
            break
    return tokens
