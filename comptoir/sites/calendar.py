"""A site's calendar: its week, the public holidays, and what is announced otherwise.

On each day the first of these that has something to say decides:

1. an exception that names the day's own date, then one that comes back every year;
2. a public holiday of the canton or département: the door stays shut;
3. the week.

So a site that works on a holiday says so by an exception, with hours of its own or with
``AS_USUAL``, which lets the week decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY, Calendar, Interval, Span, WeeklyHours
from comptoir.sites.public_holidays import public_holidays


class ExceptionKind(StrEnum):
    """What an exception makes of its days."""

    CLOSED = "closed"
    OPEN = "open"  #: open at hours of its own
    AS_USUAL = "as-usual"  #: the week's hours, though it is a holiday


class Times(msgspec.Struct, frozen=True, order=True):
    """Open from one minute of a day to another, from midnight by the clock on the wall."""

    opens: Annotated[int, msgspec.Meta(ge=0, le=END_OF_DAY, examples=[540])]
    closes: Annotated[int, msgspec.Meta(ge=0, le=END_OF_DAY, examples=[720])]


class DayException(msgspec.Struct, frozen=True):
    """Days, both ends included, on which a site is not open as its week says.

    ``hours`` are those of every one of the days. A ``yearly`` exception comes back each
    year from ``first_day`` on.
    """

    first_day: date
    last_day: date
    kind: ExceptionKind
    hours: tuple[Times, ...] = ()
    reason: str = ""
    yearly: bool = False

    def covers(self, day: date) -> bool:
        """True if the exception speaks of this day."""
        if not self.yearly or day <= self.last_day:
            return self.first_day <= day <= self.last_day
        years = day.year - self.first_day.year
        # Days that run over New Year may have begun in the year before.
        return any(
            _years_later(self.first_day, by) <= day <= _years_later(self.last_day, by)
            for by in (years - 1, years)
        )


class DaySource(StrEnum):
    """What decided about a day."""

    WEEK = "week"
    HOLIDAY = "holiday"
    EXCEPTION = "exception"


class DayHours(msgspec.Struct, frozen=True):
    """One day: when the door is open, and why.

    ``reason`` is what the public reads of an exception, or the name of the
    holiday as in ``public_holidays.NAMES``.
    """

    intervals: tuple[Interval, ...]
    source: DaySource
    reason: str = ""


@dataclass(frozen=True)
class SiteCalendar(Calendar):
    """What a site's door does, day by day.

    ``region`` is a region of ``public_holidays``; empty: no holidays are known.
    """

    zone: ZoneInfo
    spans: tuple[Span, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    region: str = ""

    @cached_property
    def _week(self) -> WeeklyHours:
        return WeeklyHours(self.zone, self.spans)

    @cached_property
    def _by_precedence(self) -> Sequence[DayException]:
        return sorted(self.exceptions, key=lambda exception: exception.yearly)

    def with_exception(self, new: DayException) -> SiteCalendar:
        """The calendar as it is once this is announced too."""
        return replace(self, exceptions=(*self.exceptions, new))

    def exception_on(self, day: date) -> DayException | None:
        """The exception that decides about a day, or None."""
        return next((each for each in self._by_precedence if each.covers(day)), None)

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """The day's stretches of being open, in order, apart, none of them empty."""
        return self.on(day).intervals

    def on(self, day: date) -> DayHours:
        """When the door is open that day, and why."""
        exception = self.exception_on(day)
        if exception is not None:
            return DayHours(
                self._exceptional(exception, day), DaySource.EXCEPTION, exception.reason
            )
        if holiday := public_holidays(self.region).get(day):
            return DayHours((), DaySource.HOLIDAY, holiday)
        return DayHours(self._week.intervals(day), DaySource.WEEK)

    def _exceptional(self, exception: DayException, day: date) -> tuple[Interval, ...]:
        if exception.kind is ExceptionKind.AS_USUAL:
            return self._week.intervals(day)
        spans = tuple(Span(day.weekday(), each.opens, each.closes) for each in exception.hours)
        return WeeklyHours(self.zone, spans).intervals(day)


def collision(exceptions: Iterable[DayException], new: DayException) -> DayException | None:
    """The first exception that speaks of a day of ``new`` with the same precedence, or None.

    One that comes back every year and one of a certain year may meet: the latter decides.
    """
    return next((each for each in exceptions if _collide(each, new)), None)


def _collide(one: DayException, other: DayException) -> bool:
    if one.yearly != other.yearly:
        return False
    if one.yearly:
        year = max(one.last_day.year, other.last_day.year) + 1
        return any(one.covers(day) and other.covers(day) for day in _year(year))
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _year(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + number * ONE_DAY for number in range(366))


def _years_later(day: date, years: int) -> date:
    """The same date in another year; 29 February is the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
