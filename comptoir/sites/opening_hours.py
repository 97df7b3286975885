"""When a site's door is open: the calendar that due dates and pages rest on.

``Calendar`` is what the rest of the program asks. It needs two things of
whoever implements it, the zone and the intervals of one day; every other answer
follows from these.

Hours that go past midnight belong to the day on which they begin: a site that is open
on Friday from 20:00 to 2:00 is not open on Saturday.

Moments are aware and in UTC: two datetimes of one zone compare by wall clock in
Python, which is wrong in the hour that a clock change repeats. Days are dates
at the site.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core.fields import example

#: How far any search for an open day looks. A site that opens on none of these
#: days is one that never opens: no due date can rest on it.
SEARCH_DAYS = 400

#: 24:00, in minutes.
END_OF_DAY = 24 * 60

#: Hours that begin in the afternoon may go past midnight, and end by now. Whatever else
#: ends before it begins is a slip.
AFTERNOON = 12 * 60
NIGHT_ENDS = END_OF_DAY + 6 * 60

ONE_DAY = timedelta(days=1)

_MINUTES = [timedelta(minutes=minute) for minute in range(NIGHT_ENDS + 1)]


class Interval(msgspec.Struct, frozen=True):
    """One stretch of being open, in UTC: ``opens`` belongs to it, ``closes`` does not."""

    opens: datetime
    closes: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.opens <= at < self.closes


class DaySource(StrEnum):
    """What decided about a day."""

    WEEK = "week"
    SEASON = "season"
    HOLIDAY = "holiday"
    EXCEPTION = "exception"


class DayState(StrEnum):
    """What a day, or a moment, is like; of several, a day is the first of these."""

    OPEN = "open"
    BY_APPOINTMENT = "by-appointment"  #: neither open nor closed
    SERVICE = "service"  #: there for some service only; nothing is lent or taken back
    UNKNOWN = "unknown"  #: nobody has said; never to be shown as closed
    CLOSED = "closed"


class DoorStatus(msgspec.Struct, frozen=True):
    """What the door does at a moment, why, and what comes next.

    ``until`` is when it closes, or when the appointment or service ends; ``opens`` is when
    it opens next, where it is not open. Both are in UTC.
    """

    state: DayState
    source: DaySource
    reason: str = ""
    until: datetime | None = None
    opens: datetime | None = None


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
        return self._open_at(at) is not None

    def is_open_day(self, day: date) -> bool:
        """True if the door is open at all that day. A half day is an open day."""
        return bool(self.intervals(day))

    def closing_of(self, day: date) -> datetime | None:
        """When the door closes for the last time that day; None on a closed day."""
        intervals = self.intervals(day)
        return intervals[-1].closes if intervals else None

    def status(self, at: datetime) -> DoorStatus:
        """What the door does at a moment, why, and what comes next.

        Whoever knows of more than a week says more of why.
        """
        if self.is_open(at):
            return DoorStatus(DayState.OPEN, DaySource.WEEK, until=self.next_closing(at))
        return DoorStatus(DayState.CLOSED, DaySource.WEEK, opens=self.next_opening(at))

    def next_opening(self, after: datetime) -> datetime | None:
        """When the door next opens, later than ``after``; None: not within ``SEARCH_DAYS``."""
        today = self.local_date(after)
        for day in _days(today, today + SEARCH_DAYS * ONE_DAY):
            for interval in self.intervals(day):
                if interval.opens > after:
                    return interval.opens
        return None

    def next_closing(self, at: datetime) -> datetime | None:
        """When the door closes next, later than ``at``: now if it is open, else after opening.

        Hours that follow on without a gap are one; None: not within ``SEARCH_DAYS``.
        """
        interval = self._open_at(at)
        if interval is None:
            opening = self.next_opening(at)
            return self.next_closing(opening) if opening else None
        last = self.local_date(at) + SEARCH_DAYS * ONE_DAY
        while following := self._open_at(interval.closes):
            if self.local_date(following.opens) > last:
                return None
            interval = following
        return interval.closes

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

    def opens_otherwise(self, day: date) -> bool:
        """True if only announcements keep the door shut from ``day`` on: see ``open_day_from``."""
        return False

    def open_day_until(self, day: date) -> date | None:
        """The last open day on or before ``day``; None: not within ``SEARCH_DAYS``."""
        before = (day - ago * ONE_DAY for ago in range(SEARCH_DAYS + 1))
        return next(filter(self.is_open_day, before), None)

    def _open_at(self, at: datetime) -> Interval | None:
        """The interval that holds a moment; it may have begun the evening before."""
        today = self.local_date(at)
        for day in (today, today - ONE_DAY):
            for interval in self.intervals(day):
                if at in interval:
                    return interval
        return None


class Times(msgspec.Struct, frozen=True, order=True):
    """From one minute of a day to another, from its midnight by the clock on the wall.

    540 is 9:00, 1440 is 24:00, and 1560 is 2:00 in the night after.
    """

    opens: Annotated[int, msgspec.Meta(ge=0, le=END_OF_DAY, examples=[540])]
    closes: Annotated[int, msgspec.Meta(ge=0, le=NIGHT_ENDS, examples=[720])]


def closing_minutes(opens: int, closes: int) -> int | None:
    """Where hours from one time of the clock to another end, in minutes of their day.

    A closing time in the night counts on from midnight, and 0:00 is its beginning. None:
    it comes too early.
    """
    if closes == 0:
        return END_OF_DAY
    if closes > opens:
        return closes
    return closes + END_OF_DAY if closes + END_OF_DAY <= _latest(opens) else None


def _latest(opens: int) -> int:
    return NIGHT_ENDS if opens >= AFTERNOON else END_OF_DAY


class Span(msgspec.Struct, frozen=True, order=True):
    """Open on this weekday (0 is Monday) between two minutes of its day, as in ``Times``."""

    weekday: Annotated[int, example(0)]
    opens: Annotated[int, example(540)]
    closes: Annotated[int, example(1080)]


class SpanProblemCode(StrEnum):
    """What may be wrong with weekly hours."""

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
        if not (0 <= span.opens < END_OF_DAY and span.closes <= _latest(span.opens)):
            problems.append(SpanProblem(SpanProblemCode.OUTSIDE_DAY, index))
        elif span.closes <= span.opens:
            problems.append(SpanProblem(SpanProblemCode.ENDS_BEFORE_START, index))
        else:
            overlaps = (
                SpanProblem(SpanProblemCode.OVERLAP, index, other)
                for other, earlier in sound
                if _overlap(span, earlier)
            )
            problems.extend(overlaps)
            sound.append((index, span))
    return problems


def interval_on(day: date, opens: int, closes: int, zone: ZoneInfo) -> Interval | None:
    """From one minute of a date to another, in UTC; None where a clock change swallows it."""
    midnight = _steady_midnight(day, zone)
    if midnight is not None:  # asked once for both ends: calendars of many days are computed here
        start, end = midnight + _MINUTES[opens], midnight + _MINUTES[closes]
    else:
        start, end = first_moment(day, opens, zone), first_moment(day, closes, zone)
    return Interval(start, end) if start < end else None


def first_moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The first moment, in UTC, when the clock in ``zone`` reaches so many minutes.

    They count from the midnight that ``day`` begins with, by the clock on the
    wall. Where a clock change repeats an hour, that is the first of the two
    times. Where it skips one, it is the change itself, so that spans stay in
    order and apart (PEP 495 describes both; ``fold`` tells the readings apart).
    """
    midnight = _steady_midnight(day, zone)
    if midnight is not None:
        return midnight + timedelta(minutes=minutes)
    return _near_change(day, minutes, zone)


# A year of the few zones of an installation: most answers are one addition.
@lru_cache(maxsize=4096)
def _steady_midnight(day: date, zone: ZoneInfo) -> datetime | None:
    """The moment when a day begins, in UTC; None if the clocks change before its night ends."""
    start = datetime.combine(day, time(), zone)
    end = start + timedelta(minutes=NIGHT_ENDS)
    offsets = {each.replace(fold=fold).utcoffset() for each in (start, end) for fold in (0, 1)}
    return start.astimezone(UTC) if len(offsets) == 1 else None


@lru_cache(maxsize=1024)
def _near_change(day: date, minutes: int, zone: ZoneInfo) -> datetime:
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


def _overlap(one: Span, other: Span) -> bool:
    """True if two spans share a minute of the week; the night after belongs to a span too."""
    week = 7 * END_OF_DAY
    start, other_start = (each.weekday * END_OF_DAY + each.opens for each in (one, other))
    return (other_start - start) % week < one.closes - one.opens or (
        start - other_start
    ) % week < other.closes - other.opens


def _days(first: date, last: date) -> Iterator[date]:
    return (first + number * ONE_DAY for number in range((last - first).days + 1))
