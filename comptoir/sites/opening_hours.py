"""When a site's door is open: the calendar that due dates and pages rest on.

``Calendar`` is what the rest of the program asks. It needs two things of
whoever implements it, the zone and the intervals of one day; every other answer
follows from these. ``WeeklyHours`` is the plain week.

Moments are aware and in UTC: two datetimes of one zone compare by wall clock in
Python, which is wrong in the hour that a clock change repeats. Days are dates
at the site.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core.fields import example

#: How far any search for an open day looks. A site that opens on none of these
#: days is one that never opens: no due date can rest on it.
SEARCH_DAYS = 400

#: 24:00, in minutes.
END_OF_DAY = 24 * 60

ONE_DAY = timedelta(days=1)


class Interval(msgspec.Struct, frozen=True):
    """One stretch of being open, in UTC: ``opens`` belongs to it, ``closes`` does not."""

    opens: datetime
    closes: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.opens <= at < self.closes


class Calendar(Protocol):
    """When one site is open. Implement ``zone`` and ``intervals``, inherit the rest."""

    zone: ZoneInfo

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """The day's stretches of being open, in order, apart, none of them empty."""
        ...

    def local_date(self, at: datetime) -> date:
        """The date at the site at this moment."""
        return at.astimezone(self.zone).date()

    def is_open(self, at: datetime) -> bool:
        """True if the door is open at this moment."""
        return any(at in interval for interval in self.intervals(self.local_date(at)))

    def is_open_day(self, day: date) -> bool:
        """True if the door is open at all that day. A half day is an open day."""
        return bool(self.intervals(day))

    def closing_of(self, day: date) -> datetime | None:
        """When the door closes for the last time that day; None on a closed day."""
        intervals = self.intervals(day)
        return intervals[-1].closes if intervals else None

    def next_opening(self, after: datetime) -> datetime | None:
        """When the door next opens, later than ``after``; None: not within ``SEARCH_DAYS``."""
        today = self.local_date(after)
        for day in _days(today, today + SEARCH_DAYS * ONE_DAY):
            for interval in self.intervals(day):
                if interval.opens > after:
                    return interval.opens
        return None

    def last_open(self, at: datetime) -> datetime | None:
        """Up to when the door was open last, seen from ``at``.

        That is ``at`` itself while it is open, else the closing before; None:
        not within ``SEARCH_DAYS``.
        """
        today = self.local_date(at)
        for ago in range(SEARCH_DAYS + 1):
            for interval in reversed(self.intervals(today - ago * ONE_DAY)):
                if interval.opens <= at:
                    return min(interval.closes, at)
        return None

    def open_days(self, first: date, last: date) -> Iterator[date]:
        """The open days from ``first`` to ``last``, both included."""
        return (day for day in _days(first, last) if self.is_open_day(day))

    def open_day_from(self, day: date) -> date | None:
        """The first open day on or after ``day``; None: not within ``SEARCH_DAYS``."""
        return next(self.open_days(day, day + SEARCH_DAYS * ONE_DAY), None)

    def open_day_until(self, day: date) -> date | None:
        """The last open day on or before ``day``; None: not within ``SEARCH_DAYS``."""
        before = (day - ago * ONE_DAY for ago in range(SEARCH_DAYS + 1))
        return next(filter(self.is_open_day, before), None)


class Span(msgspec.Struct, frozen=True, order=True):
    """Open on this weekday (0 is Monday) between two minutes of its day.

    Minutes count from local midnight by the clock on the wall: 540 is 9:00,
    1440 is 24:00. A span that goes on into the night is two spans.
    """

    weekday: Annotated[int, example(0)]
    opens: Annotated[int, example(540)]
    closes: Annotated[int, example(1080)]


class SpanProblemCode(StrEnum):
    """What may be wrong with weekly hours."""

    WEEKDAY_UNKNOWN = "sites.weekday-unknown"
    OUTSIDE_DAY = "sites.span-outside-day"
    ENDS_BEFORE_START = "sites.span-ends-before-start"
    OVERLAP = "sites.spans-overlap"


class SpanProblem(msgspec.Struct, frozen=True):
    """One thing wrong with ``spans[index]``; for an overlap, with ``other`` too."""

    code: SpanProblemCode
    index: int
    other: int | None = None


def span_problems(spans: Sequence[Span]) -> list[SpanProblem]:
    """Everything wrong with weekly hours as somebody entered them, in their order."""
    problems: list[SpanProblem] = []
    sound: list[tuple[int, Span]] = []
    for index, span in enumerate(spans):
        if span.weekday not in range(7):
            problems.append(SpanProblem(SpanProblemCode.WEEKDAY_UNKNOWN, index))
        elif span.opens < 0 or span.closes > END_OF_DAY:
            problems.append(SpanProblem(SpanProblemCode.OUTSIDE_DAY, index))
        elif span.closes <= span.opens:
            problems.append(SpanProblem(SpanProblemCode.ENDS_BEFORE_START, index))
        else:
            overlaps = (
                SpanProblem(SpanProblemCode.OVERLAP, index, other)
                for other, earlier in sound
                if span.weekday == earlier.weekday
                and span.opens < earlier.closes
                and earlier.opens < span.closes
            )
            problems.extend(overlaps)
            sound.append((index, span))
    return problems


@dataclass(frozen=True)
class WeeklyHours(Calendar):
    """The same hours every week, in an IANA time zone.

    Raises:
        ValueError: ``span_problems`` finds something in the spans.
    """

    zone: ZoneInfo
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        if problems := span_problems(self.spans):
            raise ValueError(f"weekly hours: {problems}")

    @cached_property
    def _week(self) -> list[list[Span]]:
        return [
            sorted(span for span in self.spans if span.weekday == weekday) for weekday in range(7)
        ]

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """The weekday's spans on that date; a clock change may swallow one."""
        intervals = (
            Interval(
                first_moment(day, span.opens, self.zone),
                first_moment(day, span.closes, self.zone),
            )
            for span in self._week[day.weekday()]
        )
        return tuple(interval for interval in intervals if interval.opens < interval.closes)


@lru_cache(maxsize=4096)  # the same few days and hours are asked all day
def first_moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The first moment, in UTC, when the clock in ``zone`` reaches so many minutes.

    They count from the midnight that ``day`` begins with, by the clock on the
    wall. Where a clock change repeats an hour, that is the first of the two
    times. Where it skips one, it is the change itself, so that spans stay in
    order and apart (PEP 495 describes both; ``fold`` tells the readings apart).
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    local = wall.replace(tzinfo=zone)
    moment = local.astimezone(UTC)
    other = local.replace(fold=1).astimezone(UTC)
    if moment <= other:
        return moment
    seconds = range(int(other.timestamp()), int(moment.timestamp()))
    change = bisect_left(
        seconds,
        wall,
        key=lambda second: datetime.fromtimestamp(second, zone).replace(tzinfo=None),
    )
    return other + timedelta(seconds=change)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + number * ONE_DAY for number in range((last - first).days + 1))
