"""When to call somebody again. Pure."""

from __future__ import annotations

from datetime import datetime

from comptoir.notifications.quiet_hours import SendingHours, next_allowed
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.opening_hours import ONE_DAY, first_moment

#: A site whose door is open only while nobody may be called is no reason to search for long.
_MOST_TRIES = 7


def next_call(hours: SendingHours, calendar: SiteCalendar, *, now: datetime) -> datetime:
    """The first moment from tomorrow on, in UTC, when somebody is there who may call.

    That is while the site is open, within the hours in which messages may arrive. Where the two
    never meet, these hours alone count.
    """
    tomorrow = first_moment(calendar.local_date(now) + ONE_DAY, 0, calendar.zone)
    at: datetime | None = tomorrow
    for _ in range(_MOST_TRIES):
        if at is not None and not calendar.is_open(at):
            at = calendar.next_opening(at)
        if at is None or (at := next_allowed(at, hours, calendar)) is None:
            break
        if calendar.is_open(at):
            return at
    return next_allowed(tomorrow, hours, calendar) or tomorrow
