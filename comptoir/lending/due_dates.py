"""When a loan is due, and whether it is overdue.

Day 0 is the date at the return site when the loan starts: 14 days from a Monday
end on the Monday two weeks later. Due is the closing time on the last day, so a
borrower may use the whole of it. Why a shut door changes the answer, and how
this compares with Koha's modes, is told in ``docs/adr/0100``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.sites.opening_hours import (
    ONE_DAY,
    SEARCH_DAYS,
    Calendar,
    first_moment,
)

#: The longest loan a policy may grant, in days.
LONGEST = 3_650

#: How many weeks ``same_weekday`` waits for that weekday to be open.
WEEKS_AWAITED = 4


class DueMode(StrEnum):
    """How a policy counts its length."""

    #: Every day counts, and the last may be a closed one.
    CALENDAR_DAYS = "calendar_days"
    #: Only days count on which the site is open.
    OPEN_DAYS = "open_days"
    #: Every day counts; if the last is a closed one, the next open day is meant.
    CALENDAR_DAYS_NEXT_OPEN = "calendar_days_next_open"
    #: Whole weeks (a begun one counts), so that one can come on one's usual day.
    SAME_WEEKDAY = "same_weekday"
    #: Hours, for use at the site; over at closing time at the latest.
    ON_SITE = "on_site"


class ShutStretch(msgspec.Struct, frozen=True):
    """Days on end on which the door is shut: the open day before, and the one after.

    ``opens`` is None where there is none in sight.
    """

    open_before: date
    opens: date | None


def due_at(
    length: int, mode: DueMode, start: datetime, calendar: Calendar, cap: date | None = None
) -> datetime | Refusal:
    """When a loan that starts at ``start`` is due, in UTC; always later than ``start``.

    Args:
        length: days from 1 to ``LONGEST``; with ``on_site`` hours, 0: until the door shuts.
        start: aware.
        calendar: of the site where it is to be brought back.
        cap: the last day the borrower may keep anything. Due is on the last
            open day until then at the latest: after it, the door stays shut.

    Refused with ``site-never-open``, ``site-closed-for-long`` (what was announced
    leaves no open day in sight), ``site-closed-today`` (``on_site`` after
    the day's closing) or ``eligibility-ending`` (no closing time is left before
    the cap).

    Raises:
        ValueError: no policy can have that length.
    """
    today = calendar.local_date(start)
    if calendar.open_day_from(today) is None:
        return _never_open(today, calendar)
    if cap is not None and cap < today:
        return _eligibility_ending(cap)
    if mode is DueMode.ON_SITE:
        return _due_in_hours(length, start, calendar)
    day = _due_day(length, mode, today, calendar)
    if day is None:
        return _never_open(today, calendar)
    # The door opens again before a cap so far away, or never: no search, to year 9999 or so.
    if cap is None or cap - day > SEARCH_DAYS * ONE_DAY:
        return due_time(day, calendar)
    last = calendar.open_day_until(cap)
    due = due_time(min(day, last), calendar) if last else start
    return due if due > start else _eligibility_ending(cap)


def renewed_due_at(
    length: int,
    mode: DueMode,
    present: datetime,
    calendar: Calendar,
    cap: date | None = None,
    *,
    now: datetime,
) -> datetime | Refusal:
    """When a renewed loan is due: later than ``present``, or refused as by ``due_at``.

    It counts from the present due date, so that nobody loses days by renewing
    early; from now where that is past, so that a renewal always helps.
    """
    return due_at(length, mode, max(present, now), calendar, cap)


def moved_due_at(
    mode: DueMode,
    present: datetime,
    before: Calendar,
    after: Calendar,
    cap: date | None = None,
    *,
    now: datetime,
) -> datetime | None:
    """Where a due date goes when an announcement shuts the door on it; None: it stays.

    ``before`` and ``after`` are the site's calendar without and with what is
    announced. It goes to the closing time of the same day if that is later, else of
    the next open day, or of the same weekday as ``mode`` wants it. ``calendar_days``
    lets a loan be due on a closed day, so nothing moves; what is used ``on_site`` is
    over when the door shuts.

    Only ``cap`` makes it earlier, and only where an open day after today is left until
    then: nobody is to bring something back within the hour, or before they could know.
    """
    opened = before.is_open_day(before.local_date(present)) or before.is_open(present)
    due = settled_due_at(mode, present, after, cap, now=now) if opened else present
    return None if due == present else due


def settled_due_at(
    mode: DueMode, given: datetime, calendar: Calendar, cap: date | None = None, *, now: datetime
) -> datetime:
    """Where a loan is due by a calendar if the lending rule, or a renewal, gave ``given``.

    It is ``given`` itself where somebody can come then, where it is past, or where no open
    day is in sight; otherwise as ``moved_due_at`` says.
    """
    if given <= now or mode is DueMode.CALENDAR_DAYS or is_open_until(given, calendar):
        return given
    day = calendar.local_date(given)
    same_day = due_time(day, calendar)
    if calendar.is_open_day(day) and same_day > (now if mode is DueMode.ON_SITE else given):
        return same_day
    return _after_shut_day(mode, day, calendar, cap, now=now) or given


def elsewhere_due_at(
    mode: DueMode,
    present: datetime,
    before: Calendar,
    calendar: Calendar,
    cap: date | None = None,
    *,
    now: datetime,
) -> datetime | Refusal:
    """When a loan is due that is to be brought back to another site, that of ``calendar``.

    The day that was agreed by ``before`` stays, with the closing time of the other site. If
    that is shut then, the loan moves on as ``settled_due_at`` says. What is late stays so.

    Refused with ``site-never-open`` or ``site-closed-for-long``: no open day is in sight.
    """
    today = calendar.local_date(now)
    if calendar.open_day_from(today) is None:
        return _never_open(today, calendar)
    if present <= now:
        return present
    day = before.local_date(present)
    due = due_time(day, calendar)
    if due > now and (mode is DueMode.CALENDAR_DAYS or calendar.is_open_day(day)):
        return due
    return _after_shut_day(mode, day, calendar, cap, now=now) or present


def _after_shut_day(
    mode: DueMode, day: date, calendar: Calendar, cap: date | None, *, now: datetime
) -> datetime | None:
    """When a loan is due that cannot be due on this day any more; None: no open day is in sight."""
    target = (
        _same_weekday(day + 7 * ONE_DAY, calendar)
        if mode is DueMode.SAME_WEEKDAY
        else calendar.open_day_from(day + ONE_DAY)
    )
    if target is None:
        return None
    if cap is not None and cap < target:
        last = calendar.open_day_until(cap)
        if last is not None and last > calendar.local_date(now):
            target = last
    return due_time(target, calendar)


def horizon(length: int, mode: DueMode, day: date, calendar: Calendar) -> date | None:
    """The last day by which a loan that begins on ``day`` is to be brought back.

    It is the day on which the loan would be due by the calendar, and four weeks more: as
    long as ``same_weekday`` waits for its weekday. Whoever has something for longer than
    that keeps it because of the door, and not because of the policy. None: what is used
    ``on_site`` is not taken along, or the site never opens.
    """
    due = None if mode is DueMode.ON_SITE else _due_day(length, mode, day, calendar)
    return due and due + 7 * WEEKS_AWAITED * ONE_DAY


def outlasts_horizon(length: int, mode: DueMode, stretch: ShutStretch, before: Calendar) -> bool:
    """Whether the door stays shut until after the horizon of what is lent just before it."""
    last = horizon(length, mode, stretch.open_before, before)
    return last is not None and (stretch.opens is None or stretch.opens > last)


def new_shut_stretches(
    before: Calendar, after: Calendar, *, first: date, last: date
) -> list[ShutStretch]:
    """Where a change shuts the door for more than four weeks on end, around some days.

    ``first`` and ``last`` are those that the change speaks of. What was shut as long
    before is not among them.
    """
    found = []
    opened = after.open_day_until(first) or first
    while opened < last:
        opens = after.open_day_from(opened + ONE_DAY)
        stretch = ShutStretch(opened, opens)
        if (opens is None or opens - opened > 7 * WEEKS_AWAITED * ONE_DAY) and any(
            before.open_days(opened + ONE_DAY, (opens or last + ONE_DAY) - ONE_DAY)
        ):
            found.append(stretch)
        if opens is None:
            break
        opened = opens
    return found


def is_open_until(at: datetime, calendar: Calendar) -> bool:
    """True if somebody can come at this moment, or until just before it."""
    day = calendar.local_date(at)
    if calendar.is_open_day(day) and at == due_time(day, calendar):
        return True
    days = (day - ONE_DAY, day)  # hours that go on into the night belong to the day before
    return any(
        each.opens < at <= each.closes for date_ in days for each in calendar.intervals(date_)
    )


def opens_after(due: datetime, calendar: Calendar) -> datetime | None:
    """When the door opens again after a due date on a shut day, by its own clock.

    None: it is open that day, or no opening is in sight. Only ``calendar_days`` makes such
    a date, and nobody is late before the door is open.
    """
    if calendar.is_open_day(calendar.local_date(due)) or is_open_until(due, calendar):
        return None
    opens = calendar.next_opening(due)
    return opens and opens.astimezone(calendar.zone)


def overdue_days(due: datetime, calendar: Calendar, *, now: datetime) -> int:
    """On how many days the door was open since the loan was due; 0: not overdue.

    Nobody is overdue because of a door that was shut. In a query over many
    loans of a site: more than 0 exactly where ``due < calendar.last_open(now)``.
    """
    if now <= due:
        return 0
    # The hours of the evening before may go on past midnight.
    first = calendar.local_date(due) - ONE_DAY
    days = calendar.open_days(first, calendar.local_date(now))
    return sum(
        any(interval.closes > due and interval.opens <= now for interval in calendar.intervals(day))
        for day in days
    )


def late_days(
    dues: Collection[datetime], calendar: Calendar, *, now: datetime
) -> dict[datetime, int]:
    """``overdue_days`` of many due times at one site, each day of which is looked at once."""
    past = [due for due in dues if due < now]
    late = dict.fromkeys(dues, 0)
    if not past:
        return late
    first = calendar.local_date(min(past))
    openings = {
        day: intervals
        for day in calendar.open_days(first, calendar.local_date(now))
        if (intervals := [each for each in calendar.intervals(day) if each.opens <= now])
    }
    days = sorted(openings)
    for due in past:
        day = calendar.local_date(due)
        that_day = any(each.closes > due for each in openings.get(day, ()))
        late[due] = len(days) - bisect_right(days, day) + that_day
    return late


def due_time(day: date, calendar: Calendar) -> datetime:
    """The closing time of that day, in UTC; 23:59 where there is none.

    It is 23:59 too at a site open until 24:00: midnight would be written with
    the date of the day after.
    """
    closing = calendar.closing_of(day)
    return min(closing, _last_minute(day, calendar)) if closing else _last_minute(day, calendar)


def _last_minute(day: date, calendar: Calendar) -> datetime:
    """Not 23:59 as such: where the clock is put forward at 23:00, that day has no such minute."""
    return first_moment(day + ONE_DAY, 0, calendar.zone) - timedelta(minutes=1)


def _due_in_hours(hours: int, start: datetime, calendar: Calendar) -> datetime | Refusal:
    """Until the door shuts, at noon too: whoever is in the room has to leave it then."""
    if hours < 0:
        raise ValueError(f"a loan of {hours} hours")
    today = calendar.local_date(start)
    opens = start if calendar.is_open(start) else calendar.next_opening(start)
    closing = start
    if opens is not None and calendar.local_date(opens) == today:
        last_minute = _last_minute(today, calendar)
        closing = min(calendar.next_closing(opens) or last_minute, last_minute)
    if closing <= start:
        return Refusal(RefusalCode.SITE_CLOSED_TODAY)
    return min(start + timedelta(hours=hours), closing) if hours else closing


def _due_day(length: int, mode: DueMode, today: date, calendar: Calendar) -> date | None:
    if not 1 <= length <= LONGEST:
        raise ValueError(f"a loan of {length} days")
    if mode is DueMode.OPEN_DAYS:
        return _open_days_later(length, today, calendar)
    if mode is DueMode.SAME_WEEKDAY:
        return _same_weekday(today + -(-length // 7) * 7 * ONE_DAY, calendar)
    day = today + length * ONE_DAY
    return day if mode is DueMode.CALENDAR_DAYS else calendar.open_day_from(day)


def _open_days_later(length: int, today: date, calendar: Calendar) -> date | None:
    day = today
    for _ in range(length):
        following = calendar.open_day_from(day + ONE_DAY)
        if following is None:
            return None
        day = following
    return day


def _same_weekday(day: date, calendar: Calendar) -> date | None:
    weeks = (day + week * 7 * ONE_DAY for week in range(WEEKS_AWAITED + 1))
    return next(filter(calendar.is_open_day, weeks), None) or calendar.open_day_from(day)


def _never_open(today: date, calendar: Calendar) -> Refusal:
    announced = calendar.opens_otherwise(today)
    return Refusal(RefusalCode.SITE_CLOSED_FOR_LONG if announced else RefusalCode.SITE_NEVER_OPEN)


def _eligibility_ending(cap: date) -> Refusal:
    return Refusal(RefusalCode.ELIGIBILITY_ENDING, {"eligible_until": cap})
