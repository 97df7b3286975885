"""What an opening-hours expression is made of: rules, and the days each speaks of.

Weekdays count from 0, Monday. Times are minutes from midnight by the clock on the wall.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from comptoir.sites.opening_hours import Times


class Effect(StrEnum):
    """What a rule makes of its times."""

    OPEN = "open"
    BY_APPOINTMENT = "by-appointment"  #: neither open nor closed: ``unknown``
    SERVICE = "service"  #: there for one thing only, which the rule's note names
    CLOSED = "closed"


class MonthDay(msgspec.Struct, frozen=True, order=True):
    """A day of any year."""

    month: int
    day: int


class DateRange(msgspec.Struct, frozen=True):
    """From one day of the year to another, both included; it may run over New Year.

    A month ends on its 31st: no day comes between that and the next month. So
    ``Feb 29`` is the last of February in every year, and 1 March where it begins.
    """

    first: MonthDay
    last: MonthDay

    def __contains__(self, day: date) -> bool:
        at = (day.month, day.day)
        first, last = (self.first.month, self.first.day), (self.last.month, self.last.day)
        if first <= last:
            return first <= at <= last
        return at >= first or at <= last


class WeekRange(msgspec.Struct, frozen=True):
    """ISO weeks of each year, from one to another, every ``step``-th of them."""

    first: int
    last: int
    step: int = 1

    def __contains__(self, day: date) -> bool:
        week = day.isocalendar().week
        return self.first <= week <= self.last and (week - self.first) % self.step == 0


class NthWeekday(msgspec.Struct, frozen=True):
    """A weekday by its place in the month; ``-1`` is the last of the month."""

    weekday: int
    places: tuple[int, ...]

    def __contains__(self, day: date) -> bool:
        if day.weekday() != self.weekday:
            return False
        from_start = (day.day - 1) // 7 + 1
        from_end = -((monthrange(day.year, day.month)[1] - day.day) // 7 + 1)
        return from_start in self.places or from_end in self.places


class Rule(msgspec.Struct, frozen=True):
    """One rule: its days, its times, and what it makes of them.

    Each empty selector means "any". ``holidays`` adds the public holidays to the
    weekdays, or stands for them alone. Without ``times`` the whole day is meant. ``adds``
    is a comma before the rule: it adds to what came before, where a semicolon replaces it.
    """

    dates: tuple[DateRange, ...] = ()
    weeks: tuple[WeekRange, ...] = ()
    weekdays: tuple[int, ...] = ()
    places: tuple[NthWeekday, ...] = ()
    holidays: bool = False
    times: tuple[Times, ...] = ()
    effect: Effect = Effect.OPEN
    note: str = ""
    adds: bool = False

    @property
    def is_dated(self) -> bool:
        """True if it holds for some days of the year only: a season."""
        return bool(self.dates or self.weeks)

    @property
    def is_narrow(self) -> bool:
        """True if it names days more closely than by their weekday."""
        return self.is_dated or bool(self.places) or (self.holidays and not self.weekdays)

    def may_cover(self, weekday: int) -> bool:
        """True if the rule speaks of this weekday on some day that is no public holiday."""
        if not (self.weekdays or self.places):
            return not self.holidays
        return weekday in self.weekdays or any(each.weekday == weekday for each in self.places)

    def covers(self, day: date, *, holiday: bool = False) -> bool:
        """True if the rule speaks of this day; ``holiday`` says whether it is a public one."""
        if holiday or not (self.weekdays or self.places):
            if holiday is not self.holidays:
                return False
        elif day.weekday() not in self.weekdays and not _any(self.places, day):
            return False
        return (not self.dates or _any(self.dates, day)) and (
            not self.weeks or _any(self.weeks, day)
        )


def _any(selectors: Iterable[DateRange | WeekRange | NthWeekday], day: date) -> bool:
    return any(day in each for each in selectors)
