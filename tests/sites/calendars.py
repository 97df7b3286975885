"""Calendars for tests: one office, and whatever Hypothesis makes up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.model import Rule
from comptoir.sites.opening_hours import (
    END_OF_DAY,
    Calendar,
    Interval,
    Span,
    Times,
    interval_on,
    span_problems,
)


@dataclass(frozen=True)
class WeeklyHours(Calendar):
    """The same hours every week: the plainest of calendars.

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
            interval_on(day, span.opens, span.closes, self.zone)
            for span in self._week[day.weekday()]
        )
        return tuple(interval for interval in intervals if interval is not None)

    def hours(self) -> Hours:
        """The same as rules, for a ``SiteCalendar``."""
        return Hours(
            Rule(weekdays=(each.weekday,), times=(Times(each.opens, each.closes),), adds=True)
            for each in self.spans
        )


ZURICH = ZoneInfo("Europe/Zurich")

#: Zones whose clocks change at different hours, by half an hour, or never.
ZONES = [
    ZURICH,
    ZoneInfo("Africa/Cairo"),
    ZoneInfo("America/Havana"),
    ZoneInfo("America/Nuuk"),
    ZoneInfo("America/Santiago"),
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("Australia/Lord_Howe"),
]


def at(day: date, clock: time, zone: ZoneInfo = ZURICH) -> datetime:
    """The moment, in UTC, when a clock on that day shows that time."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def office() -> WeeklyHours:
    """Monday to Friday, 9 to 12 and 14 to 18, in Fribourg."""
    return WeeklyHours(
        ZURICH,
        tuple(
            Span(weekday, opens * 60, closes * 60)
            for weekday in range(5)
            for opens, closes in ((9, 12), (14, 18))
        ),
    )


@dataclass(frozen=True)
class WithClosures(Calendar):
    """A week with closed days: the interface is enough to be a calendar."""

    zone: ZoneInfo
    weekly: WeeklyHours
    closed: frozenset[date]

    def intervals(self, day: date) -> tuple[Interval, ...]:
        return () if day in self.closed else self.weekly.intervals(day)


def closed_from(first: date, last: date) -> WithClosures:
    """The office, closed from one day to another, both included."""
    days = range((last - first).days + 1)
    closed = frozenset(first + timedelta(days=number) for number in days)
    return WithClosures(ZURICH, office(), closed)


@st.composite
def weekly_hours(draw: st.DrawFn, *, least_days: int = 0) -> WeeklyHours:
    """Any week without problems, from one that never opens to one that never closes."""
    spans: list[Span] = []
    for weekday in draw(st.sets(st.integers(0, 6), min_size=least_days)):
        minutes = sorted(draw(st.sets(st.integers(0, END_OF_DAY), min_size=2, max_size=6)))
        for opens, closes in zip(minutes[::2], minutes[1::2], strict=False):
            spans.append(Span(weekday, opens, closes))
    return WeeklyHours(draw(st.sampled_from(ZONES)), tuple(spans))


def moments() -> st.SearchStrategy[datetime]:
    """Any moment of the years that matter, in UTC."""
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    seconds = st.integers(0, int((last - first).total_seconds()))
    return seconds.map(lambda later: first + timedelta(seconds=later))
