"""The days that a plan would shut, as far as somebody plans ahead."""

from __future__ import annotations

from datetime import date, timedelta

from comptoir.sites.calendar import (
    DayException,
    ExceptionKind,
    PlaceChange,
    SiteCalendar,
    Withdrawal,
    around,
)
from comptoir.sites.exceptions.consequences import Plan
from comptoir.sites.opening_hours import ONE_DAY

#: How far ahead other hours of the week are looked at: four of each weekday.
AHEAD = timedelta(days=27)
#: The longest that a closure, or other holidays, are looked at day by day.
LONGEST = timedelta(days=366)


def shut_days(plan: Plan, calendar: SiteCalendar) -> list[date]:
    """From today on, the days of a closure, or those on which other hours open no door.

    Of the latter, and of other holidays, only days on which the door was open before.
    """
    today, change = calendar.local_date(plan.now), plan.change
    if isinstance(change, DayException):
        return closed_days(change, today=today)
    if isinstance(change, Withdrawal):
        return []
    before, after = around(change, calendar)
    ahead = LONGEST if isinstance(change, PlaceChange) else AHEAD
    return [
        day
        for day in _days(today, today + ahead)
        if before.intervals(day) and not after.intervals(day)
    ]


def closed_days(exception: DayException, *, today: date) -> list[date]:
    """The days of a closure from ``today`` on; none of what is no closure."""
    if exception.kind is not ExceptionKind.CLOSED:
        return []
    first = max(exception.first_day, today)
    return _days(first, min(exception.last_day, first + LONGEST))


def _days(first: date, last: date) -> list[date]:
    return [first + number * ONE_DAY for number in range((last - first).days + 1)]
