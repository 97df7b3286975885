"""Which reminders are due: for the loans of one person, at a moment.

A level is due when its threshold has passed and it was not yet sent, never "exactly so many
days before": a day on which nothing ran loses nothing and repeats nothing. What the rules add
to that:

1. Before a loan is due, only the latest level whose threshold has passed is sent: two reminders
   after an outage would say the same. None is sent about what was said when it was lent.
2. Overdue levels come one by one, in their order, and leave between two the time that the rules
   put there: nobody gets the third reminder without the second.
3. Nobody is reminded of an overdue loan whose return site has not been open since it was due.
4. One text a person a day. It names all that is due for a reminder on that day, so that
   nothing has to wait for a second one. On a day with a text of another kind it waits for the
   next, unless something that it names is due before.
5. A level for a person (the call list) is no text, and waits for no quiet hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.notifications.quiet_hours import SendingHours, next_allowed
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY, first_moment

DUE_TODAY = "due-today"


class When(StrEnum):
    """On which side of the due moment a level is."""

    BEFORE = "before"
    ON_DAY = "on-day"
    AFTER = "after"


class Unit(StrEnum):
    """What a level counts. Days begin at midnight at the site; hours are from the due moment."""

    DAYS = "days"
    HOURS = "hours"


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long before or after the due moment; nothing to count ``ON_DAY``.

    Raises:
        ValueError: nothing is counted before or after, or something on the day.
    """

    when: When
    amount: Annotated[int, msgspec.Meta(ge=0, le=366)] = 0
    unit: Unit = Unit.DAYS

    def __post_init__(self) -> None:
        if (self.when is When.ON_DAY) is (self.amount > 0):
            raise ValueError("before and after count something, on the day nothing")


class ReminderRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens at a level: a message of a kind, or a line on the call list.

    Raises:
        ValueError: somebody is to be called about what is not overdue.
    """

    level: Level
    kind: str
    is_for_person: bool = False

    def __post_init__(self) -> None:
        if self.is_for_person and self.level.when is not When.AFTER:
            raise ValueError("a person looks after what is overdue")


class Sent(msgspec.Struct, frozen=True):
    """A level of a loan that was reached, and when."""

    level: Level
    at: datetime


class OpenLoan(msgspec.Struct, frozen=True, kw_only=True):
    """A loan that has not come back. All moments are in UTC.

    ``site_id`` is where it is to be brought back, ``since`` when it got its present due
    date. ``sent`` are the levels reached since then: a renewed loan begins anew.
    """

    loan_id: UUID
    site_id: UUID
    due_at: datetime
    since: datetime
    rules: tuple[ReminderRule, ...]
    sent: tuple[Sent, ...] = ()


class Place(msgspec.Struct, frozen=True):
    """What the rules ask of a site at a moment; worked out once for all of its loans.

    ``last_open`` is up to when its door was open last, ``may_write`` whether a message may
    arrive now. ``again`` is when one may from tomorrow on, in UTC; None: nobody knows.
    """

    zone: ZoneInfo
    last_open: datetime | None
    may_write: bool
    again: datetime | None = None


class Reminder(msgspec.Struct, frozen=True):
    """A level that a loan has reached."""

    loan: OpenLoan
    rule: ReminderRule


class Bundle(msgspec.Struct, frozen=True):
    """One text for one person.

    ``reminders`` are what its kind is about, the most pressing first, whose site writes.
    ``also`` are due later, and named as such.
    """

    kind: str
    reminders: tuple[Reminder, ...]
    also: tuple[Reminder, ...] = ()


class DueReminders(msgspec.Struct, frozen=True):
    """What is to happen now: at most one text, and what a person is to look after."""

    bundle: Bundle | None = None
    for_person: tuple[Reminder, ...] = ()


def place_at(calendar: SiteCalendar, hours: SendingHours, *, now: datetime) -> Place:
    """A site as the rules see it."""
    return Place(
        calendar.zone,
        calendar.last_open(now),
        next_allowed(now, hours, calendar) == now,
        next_allowed(tomorrow(now, calendar.zone), hours, calendar),
    )


def tomorrow(now: datetime, zone: ZoneInfo) -> datetime:
    """When the next day begins there, in UTC."""
    return first_moment(now.astimezone(zone).date() + ONE_DAY, 0, zone)


def can_wait(again: datetime | None, until: datetime) -> bool:
    """Whether what is said ``again`` is still said in time."""
    return again is not None and again < until


def is_same_day(then: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a moment, if there is one, was on the day that it is there now.

    The next day is today by a clock that is a little ahead. What is later was written by one that
    was wrong, and silences nobody.
    """
    if then is None:
        return False
    today = now.astimezone(zone).date()
    return today <= then.astimezone(zone).date() <= today + ONE_DAY


def due_reminders(
    loans: Sequence[OpenLoan],
    places: Mapping[UUID, Place],
    *,
    last_text: datetime | None,
    last_told: datetime | None = None,
    now: datetime,
) -> DueReminders:
    """What the loans of one person ask for now.

    ``last_text`` is when they got their last reminder by text, if ever, and ``last_told`` their
    last text of any kind that they did not ask for. Whoever writes the bundle down notes all its
    reminders as sent, those of ``also`` too.
    """
    reached = list(_reached(loans, places, until=now, now=now))
    for_person = tuple(each for each in reached if each.rule.is_for_person)
    texts = [
        each
        for each in reached
        if not each.rule.is_for_person and places[each.loan.site_id].may_write
    ]
    if not texts:
        return DueReminders(None, for_person)
    first = min(texts, key=_urgency)
    zone = places[first.loan.site_id].zone
    today = now.astimezone(zone).date()
    if is_same_day(last_text, now, zone):
        return DueReminders(None, for_person)
    # What is reached later today is named now, or it would have to wait for tomorrow.
    tonight = first_moment(today, END_OF_DAY, zone) - timedelta(microseconds=1)
    named = [
        each
        for each in _reached(loans, places, until=tonight, now=now)
        if not each.rule.is_for_person
    ]
    if is_same_day(last_told, now, zone) and all(
        now >= each.loan.due_at or can_wait(places[each.loan.site_id].again, each.loan.due_at)
        for each in named
    ):
        return DueReminders(None, for_person)
    return DueReminders(_bundle(named, places, now=now), for_person)


# Loans of a site are due at few different moments, its closing times.
@lru_cache(maxsize=4096)
def threshold(level: Level, due: datetime, zone: ZoneInfo) -> datetime:
    """When a level is reached, in UTC: right across clock changes, at a midnight if in days."""
    sign = {When.BEFORE: -1, When.ON_DAY: 0, When.AFTER: 1}[level.when]
    if level.unit is Unit.HOURS and sign:
        return due + sign * timedelta(hours=level.amount)
    day = due.astimezone(zone).date() + sign * level.amount * ONE_DAY
    return first_moment(day, 0, zone)


def _reached(
    loans: Iterable[OpenLoan],
    places: Mapping[UUID, Place],
    *,
    until: datetime,
    now: datetime,
) -> Iterator[Reminder]:
    for loan in loans:
        place = places[loan.site_id]
        if now < loan.due_at:
            rule = _before(loan, place.zone, until=until)
        else:
            rule = _after(loan, place, now=now)
        if rule is not None:
            yield Reminder(loan, rule)


def _before(loan: OpenLoan, zone: ZoneInfo, *, until: datetime) -> ReminderRule | None:
    """The latest level before the loan is due that is reached by ``until``, if not sent."""
    reached = [
        (at, rule)
        for rule in loan.rules
        if rule.level.when is not When.AFTER
        and loan.since < (at := threshold(rule.level, loan.due_at, zone)) <= until
    ]
    if not reached:
        return None
    at, latest = max(reached, key=lambda each: each[0])
    sent = [
        threshold(each.level, loan.due_at, zone)
        for each in loan.sent
        if each.level.when is not When.AFTER
    ]
    return latest if all(each < at for each in sent) else None


def _after(loan: OpenLoan, place: Place, *, now: datetime) -> ReminderRule | None:
    """The next overdue level, if its time has come and the door was open since it was due."""
    if place.last_open is None or place.last_open <= loan.due_at:
        return None
    levels = sorted(
        (threshold(rule.level, loan.due_at, place.zone), number)
        for number, rule in enumerate(loan.rules)
        if rule.level.when is When.AFTER
    )
    done = max(
        (
            # When one was sent that a clock wrote which was far ahead, nobody knows.
            (reached, each.at if each.at <= now + ONE_DAY else reached)
            for each in loan.sent
            if each.level.when is When.AFTER
            for reached in [threshold(each.level, loan.due_at, place.zone)]
        ),
        default=None,
    )
    for at, number in levels:
        if done is None or at > done[0]:
            earliest = at if done is None else max(at, done[1] + (at - done[0]))
            return loan.rules[number] if earliest <= now else None
    return None


def _urgency(reminder: Reminder) -> tuple[int, datetime]:
    order = (When.AFTER, When.ON_DAY, When.BEFORE)
    return order.index(reminder.rule.level.when), reminder.loan.due_at


def _bundle(
    reminders: Iterable[Reminder], places: Mapping[UUID, Place], *, now: datetime
) -> Bundle:
    """One text. Its kind is the mildest of what is most pressing: true of all that it names."""
    groups: dict[int, list[Reminder]] = {}
    for each in sorted(reminders, key=_urgency):
        groups.setdefault(_group(each, places, now=now), []).append(each)
    pressing = min(groups)
    main = groups.pop(pressing)
    zones = (places[each.loan.site_id].zone for each in main)
    mildest = min(
        (threshold(each.rule.level, each.loan.due_at, zone) - each.loan.due_at, each.rule.kind)
        for each, zone in zip(main, zones, strict=True)
    )
    kind = DUE_TODAY if pressing == _TODAY else mildest[1]
    also = [each for number in sorted(groups) for each in groups[number]]
    return Bundle(kind, tuple(main), tuple(also))


_OVERDUE, _TODAY, _SOON = range(3)


def _group(reminder: Reminder, places: Mapping[UUID, Place], *, now: datetime) -> int:
    if reminder.rule.level.when is When.AFTER:
        return _OVERDUE
    zone = places[reminder.loan.site_id].zone
    is_today = reminder.loan.due_at.astimezone(zone).date() == now.astimezone(zone).date()
    return _TODAY if is_today else _SOON
