"""A site's calendar: its week and seasons, the public holidays, and what is announced.

On each day the first of these that has something to say decides:

1. an exception that names the day's own date, then one that comes back every year;
2. a public holiday of the canton or département: the door stays shut;
3. the season, where the hours have one for the day;
4. the week.

So a site that works on a holiday says so by an exception, with hours of its own or with
``AS_USUAL``, which lets season and week decide. Seasons and the week are the site's
``expressions.Hours``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, datetime
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

import msgspec

from comptoir.sites.expressions.evaluation import DayPlan, Hours, Piece
from comptoir.sites.expressions.model import Effect
from comptoir.sites.opening_hours import (
    ONE_DAY,
    Calendar,
    DaySource,
    DayState,
    DoorStatus,
    Interval,
    Times,
    interval_on,
)
from comptoir.sites.public_holidays import public_holidays

CLOSED_PLAN = DayPlan()


class ExceptionKind(StrEnum):
    """What an exception makes of its days."""

    CLOSED = "closed"
    OPEN = "open"  #: open at hours of its own
    AS_USUAL = "as-usual"  #: the week's hours, though it is a holiday


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
        return self.begins(day) is not None

    def begins(self, day: date) -> date | None:
        """The first of the days around ``day`` that it speaks of; None: not of this day."""
        if not self.yearly or day <= self.last_day:
            return self.first_day if self.first_day <= day <= self.last_day else None
        years = day.year - self.first_day.year
        # Days that run over New Year may have begun in the year before.
        for by in (years - 1, years):
            first = _years_later(self.first_day, by)
            if first <= day <= _years_later(self.last_day, by):
                return first
        return None

    def days_in(self, year: int) -> Iterator[date]:
        """The days of a year that the exception speaks of."""
        runs = [(self.first_day, self.last_day)]
        for by in (year - 1 - self.first_day.year, year - self.first_day.year):
            if self.yearly and by > 0:
                runs.append((_years_later(self.first_day, by), _years_later(self.last_day, by)))
        for first, last in runs:
            first, last = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
            for number in range((last - first).days + 1):
                if self.covers(day := first + number * ONE_DAY):
                    yield day


class HoursChange(msgspec.Struct, frozen=True):
    """Other hours of the week than before, as expressions; empty: nobody has said."""

    before: str
    after: str


class Withdrawal(msgspec.Struct, frozen=True):
    """What was announced applies no more; the hours that it had are taken back with it."""

    exception: DayException


class Place(msgspec.Struct, frozen=True):
    """What a calendar takes from where a site is: its time zone, its region of holidays."""

    zone: str
    holidays: str


class PlaceChange(msgspec.Struct, frozen=True):
    """Another time zone, other public holidays, or both."""

    before: Place
    after: Place


#: What may become otherwise of the days of a site.
CalendarChange = DayException | HoursChange | Withdrawal | PlaceChange


class StatedInterval(msgspec.Struct, frozen=True):
    """A stretch of a day, in UTC, that is not closed: open, by appointment, or a service.

    ``note`` names the service, or says more about the appointment.
    """

    opens: datetime
    closes: datetime
    state: DayState
    note: str = ""

    def __contains__(self, at: datetime) -> bool:
        return self.opens <= at < self.closes


class DayHours(msgspec.Struct, frozen=True):
    """One day: when the door is open, what else there is, and why.

    ``intervals`` are those of the open door; ``others`` are by appointment or for a
    service; ``plan`` has all of them by the clock on the wall. ``reason`` is what the
    public reads of an exception or of a season's closure, or the name of the holiday as
    in ``public_holidays.NAMES``.
    """

    intervals: tuple[Interval, ...]
    source: DaySource
    reason: str = ""
    others: tuple[StatedInterval, ...] = ()
    plan: DayPlan = CLOSED_PLAN
    is_known: bool = True

    @property
    def state(self) -> DayState:
        """What the day is like as a whole."""
        if self.intervals:
            return DayState.OPEN
        states = {each.state for each in self.others}
        if found := next((state for state in DayState if state in states), None):
            return found
        return DayState.CLOSED if self.is_known else DayState.UNKNOWN

    def stated(self) -> tuple[StatedInterval, ...]:
        """All stretches of the day in order, each with its state."""
        door = (StatedInterval(each.opens, each.closes, DayState.OPEN) for each in self.intervals)
        return tuple(sorted((*door, *self.others), key=lambda each: (each.opens, each.closes)))


@dataclass(frozen=True)
class SiteCalendar(Calendar):
    """What a site's door does, day by day.

    Without ``hours`` nobody has said when it is open. ``region`` is a region of
    ``public_holidays``; empty: no holidays are known.
    """

    zone: ZoneInfo
    hours: Hours | None = None
    exceptions: tuple[DayException, ...] = ()
    region: str = ""

    @cached_property
    def _by_precedence(self) -> Sequence[DayException]:
        return sorted(self.exceptions, key=lambda exception: exception.yearly)

    @cached_property
    def _by_year(self) -> dict[int, dict[date, DayException]]:
        """What decides about the days of each year that was asked for so far."""
        return {}

    @cached_property
    def _holidays(self) -> Mapping[date, str]:
        return public_holidays(self.region)

    def with_exception(self, new: DayException) -> SiteCalendar:
        """The calendar as it is once this is announced too."""
        return replace(self, exceptions=(*self.exceptions, new))

    def at_place(self, place: Place) -> SiteCalendar:
        """The calendar with this time zone and these holidays."""
        return replace(self, zone=ZoneInfo(place.zone), region=place.holidays)

    def with_hours(self, expression: str) -> SiteCalendar:
        """The calendar with these hours of the week."""
        return replace(self, hours=Hours.of(expression) if expression else None)

    def exception_on(self, day: date) -> DayException | None:
        """The exception that decides about a day, or None."""
        found = self._by_year.get(day.year)
        if found is None:
            found = self._by_year[day.year] = {}
            for each in self._by_precedence:
                for other in each.days_in(day.year):
                    found.setdefault(other, each)
        return found.get(day)

    def opens_otherwise(self, day: date) -> bool:
        """True if the door would open on some day from ``day`` on without the exceptions."""
        return replace(self, exceptions=()).open_day_from(day) is not None

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """The day's stretches of being open, in order, apart, none of them empty."""
        return self.on(day).intervals

    def on(self, day: date) -> DayHours:
        """When the door is open that day, and why."""
        exception = self.exception_on(day)
        if exception is not None:
            return self._exceptional(exception, day)
        if holiday := self._holidays.get(day):
            plan = self.hours.on(day, holiday=True) if self.hours else CLOSED_PLAN
            return self._planned(plan, day, DaySource.HOLIDAY, holiday)
        if self.hours is None:
            return DayHours((), DaySource.WEEK, is_known=False)
        plan = self.hours.on(day)
        source = DaySource.SEASON if plan.is_seasonal else DaySource.WEEK
        return self._planned(plan, day, source, plan.note)

    def status(self, at: datetime) -> DoorStatus:
        """What the door does at a moment, why, and what comes next."""
        today = self.local_date(at)
        day = self.on(today)
        door = msgspec.structs.replace(super().status(at), source=day.source, reason=day.reason)
        if door.state is DayState.OPEN:
            return door
        evening = self.on(today - ONE_DAY).others
        now = [each for each in (*day.others, *evening) if at in each]
        for state in (DayState.BY_APPOINTMENT, DayState.SERVICE):
            for each in now:
                if each.state is state:
                    return msgspec.structs.replace(
                        door, state=state, reason=each.note, until=each.closes
                    )
        return door if day.is_known else msgspec.structs.replace(door, state=DayState.UNKNOWN)

    def _exceptional(self, exception: DayException, day: date) -> DayHours:
        source, reason = DaySource.EXCEPTION, exception.reason
        if exception.kind is not ExceptionKind.AS_USUAL:
            pieces = [Piece(each.opens, each.closes, Effect.OPEN) for each in exception.hours]
            return self._planned(DayPlan(tuple(pieces)), day, source, reason)
        if self.hours is None:
            return DayHours((), source, reason, is_known=False)
        return self._planned(self.hours.on(day), day, source, reason)

    def _planned(self, plan: DayPlan, day: date, source: DaySource, reason: str) -> DayHours:
        door, others = [], []
        for piece in plan.pieces:
            found = interval_on(day, piece.opens, piece.closes, self.zone)
            if found is None:
                continue
            if piece.effect is Effect.OPEN:
                door.append(found)
            else:
                state = DayState(piece.effect.value)
                others.append(StatedInterval(found.opens, found.closes, state, piece.note))
        return DayHours(tuple(door), source, reason, tuple(others), plan)


def around(
    change: HoursChange | PlaceChange, calendar: SiteCalendar
) -> tuple[SiteCalendar, SiteCalendar]:
    """The calendar before and after a change, whichever of them ``calendar`` is."""
    if isinstance(change, PlaceChange):
        return calendar.at_place(change.before), calendar.at_place(change.after)
    return calendar.with_hours(change.before), calendar.with_hours(change.after)


def collision(exceptions: Iterable[DayException], new: DayException) -> DayException | None:
    """The first exception that speaks of a day of ``new`` with the same precedence, or None.

    One that comes back every year and one of a certain year may meet: the latter decides.
    """
    return next((each for each in exceptions if _collide(each, new)), None)


def _collide(one: DayException, other: DayException) -> bool:
    if one.yearly != other.yearly:
        return False
    if one.yearly:
        year = min(max(one.last_day.year, other.last_day.year) + 1, MAXYEAR - 1)
        return any(one.covers(day) and other.covers(day) for day in _year(year))
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _year(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + number * ONE_DAY for number in range(366))


def _years_later(day: date, years: int) -> date:
    """The same date in another year; 29 February is the 28th where there is none.

    The calendar ends with the year 9999.
    """
    if day.year + years > MAXYEAR:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
