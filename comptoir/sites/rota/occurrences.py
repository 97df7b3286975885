"""Shifts day by day: when each falls, and what absences leave of it. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY, Interval, first_moment

#: How far two shifts are compared: two patterns of at most two weeks have met by then.
CLASH_DAYS = 400


class Shift(msgspec.Struct, frozen=True):
    """Somebody at a site from one minute of a day to another: once, or every so many weeks.

    It falls on the weekday of ``first_day``; without a ``last_day`` it goes on. On the days
    of ``skipped`` it is left out. ``volunteered``: the person put themselves on the rota.
    """

    id: UUID
    site: UUID
    person: UUID
    first_day: date
    last_day: date | None
    every_weeks: int
    starts: int
    ends: int
    zone: ZoneInfo
    skipped: frozenset[date] = frozenset()
    volunteered: bool = False

    @property
    def once(self) -> bool:
        """True if it falls on one day only."""
        return self.last_day == self.first_day

    def falls_on(self, day: date) -> bool:
        """True if the person means to be there that day."""
        return (
            self.first_day <= day <= (self.last_day or date.max)
            and (day - self.first_day).days % (7 * self.every_weeks) == 0
            and day not in self.skipped
        )

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days from ``first`` to ``last``, both included, on which it falls."""
        step = 7 * self.every_weeks
        ahead = max(0, -(-(first - self.first_day).days // step))
        last = min(last, self.last_day or date.max)
        count = (last - self.first_day).days // step + 1
        days = (self.first_day + timedelta(days=number * step) for number in range(ahead, count))
        return (day for day in days if day not in self.skipped)


class Absence(msgspec.Struct, frozen=True):
    """Somebody does not come on these days, both included, or on a part of each of them."""

    person: UUID
    first_day: date
    last_day: date
    starts: int = 0
    ends: int = END_OF_DAY

    @property
    def whole_days(self) -> bool:
        """True if nothing of its days is left."""
        return (self.starts, self.ends) == (0, END_OF_DAY)


class Occurrence(msgspec.Struct, frozen=True):
    """A shift on one of its days."""

    shift: Shift
    day: date

    @property
    def interval(self) -> Interval:
        """From when to when, in UTC."""
        return span(self.day, self.shift.starts, self.shift.ends, self.shift.zone)


class Presence(msgspec.Struct, frozen=True):
    """Somebody is there, or is taken up, or away, for a time."""

    person: UUID
    interval: Interval


def span(day: date, starts: int, ends: int, zone: ZoneInfo) -> Interval:
    """Two minutes of a day as moments; a clock change may leave nothing between them."""
    return Interval(first_moment(day, starts, zone), first_moment(day, ends, zone))


def occurrences(shifts: Iterable[Shift], first: date, last: date) -> list[Occurrence]:
    """Each shift on each of its days from ``first`` to ``last``, in the order of time."""
    found = [Occurrence(shift, day) for shift in shifts for day in shift.days(first, last)]
    return sorted(found, key=lambda each: (each.day, each.shift.starts, each.shift.ends))


def absent(absences: Iterable[Absence], first: date, last: date, zone: ZoneInfo) -> list[Presence]:
    """When people are away between two days, by the clock of ``zone``."""
    found = []
    for each in absences:
        day = max(each.first_day, first)
        while day <= min(each.last_day, last):
            found.append(Presence(each.person, span(day, each.starts, each.ends, zone)))
            day += ONE_DAY
    return found


def presences(planned: Iterable[Occurrence], away: Sequence[Presence]) -> list[Presence]:
    """Who is there, and when: the shifts without the absences of their people."""
    found = []
    for each in planned:
        gone = [other.interval for other in away if other.person == each.shift.person]
        found += [Presence(each.shift.person, left) for left in without([each.interval], gone)]
    return found


def without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What is left of intervals after others are taken away, none of it empty."""
    left = [each for each in intervals if each.opens < each.closes]
    for gone in taken:
        left = [
            part
            for each in left
            for part in (
                Interval(each.opens, min(each.closes, gone.opens)),
                Interval(max(each.opens, gone.closes), each.closes),
            )
            if part.opens < part.closes
        ]
    return left


def first_clash(new: Shift, others: Iterable[Shift]) -> date | None:
    """The first day on which a shift meets another of the same person, or None."""
    last = new.first_day + timedelta(days=CLASH_DAYS)
    planned = [shift for shift in others if shift.person == new.person and shift.id != new.id]
    for day in new.days(new.first_day, last):
        mine = Occurrence(new, day).interval
        # A place in another time zone may have the day before or after.
        near = occurrences(planned, day - ONE_DAY, day + ONE_DAY)
        if any(_meet(mine, other.interval) for other in near):
            return day
    return None


def _meet(one: Interval, other: Interval) -> bool:
    return one.opens < other.closes and other.opens < one.closes
