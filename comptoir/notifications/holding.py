"""What a message that waited is asked again when its time has come: is it day, is it the first?

A message may have waited for a gateway, for the switch, or for somebody who tried it again:
then the hour that was right when it was written is not the hour at which it goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from comptoir.core import db
from comptoir.notifications.kinds import ANSWERS, Matter, kinds_about
from comptoir.notifications.quiet_hours import SendingHours, next_allowed
from comptoir.notifications.reminders.plans import ENDING, OF_MOVES, ONE_A_DAY, REMINDER_KINDS
from comptoir.notifications.reminders.reading import habits_of
from comptoir.sites import calendars
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.opening_hours import ONE_DAY, first_moment

_HOURS = f"""
SELECT site.id, sending.opens, sending.closes, sending.quiet_days, sending.takes_answers,
       sending.has_links, {calendars.COLUMNS}
FROM sites_site site
LEFT JOIN notifications_site_sending sending ON sending.site = site.id
WHERE site.id IN :sites
"""
# One that was tried again went badly: it is the other try that counts.
_LAST = """
SELECT message.borrower, MAX(message.sent_at) AS "last [TIMESTAMPTZ]"
FROM notifications_message message
WHERE message.borrower IN :people AND message.kind IN :kinds
  AND message.channel IN ('sms', 'email') AND message.sent_at > :since
  AND message.status NOT IN ('dropped', 'failed') AND message.id NOT IN :ids
  AND NOT EXISTS (SELECT 1 FROM notifications_message again WHERE again.again_of = message.id)
GROUP BY message.borrower
"""
_ENDS = """
SELECT about.message, MIN(about.ends_at) AS "ends_at [TIMESTAMPTZ]"
FROM notifications_voucher_message about WHERE about.message IN :ids GROUP BY about.message
"""
_HOLD_UNTIL = """
UPDATE notifications_message
SET next_attempt_at = :until, not_before = :until, updated_at = :now
WHERE id IN :ids
"""
# Two dispatchers may hand over two messages in either order.
_ON_ITS_WAY = """
SELECT DISTINCT message.borrower FROM notifications_message message
WHERE message.borrower IN :people AND message.kind IN :kinds
  AND (message.status = 'sending' OR message.status = 'queued' AND message.lease_until > :now)
"""
_WAIT = """
UPDATE notifications_message SET next_attempt_at = :until WHERE id IN :ids
"""

#: What answers somebody, and the code of a voucher: its person stands at a desk, whatever the hour.
_WAITED_FOR = (*ANSWERS, *kinds_about(Matter.VOUCHER))

#: A message is handed over in less, most often.
_A_WHILE = timedelta(seconds=10)
_NEVER = datetime.max.replace(tzinfo=UTC)
#: Longer than a day of any clock.
_SINCE = timedelta(days=2)


async def hold_back(rows: Sequence[db.Row], *, now: datetime) -> set[UUID]:
    """Let wait what may not arrive now (UTC); which of these messages that is.

    Rows have ``id``, ``site``, ``borrower`` and ``kind``. In the quiet hours of their site
    nothing goes but what somebody waits for, or is for somebody who works here. A person gets one
    reminder a day: the next goes on the next day, if it still makes sense then. That a voucher
    expires is said after the reminders, on the next day if that is before its end. What is said of
    a moved due date waits for what is said of one at this moment, so that the last word is true.
    It belongs into the transaction that claims them.
    """
    asked = [row for row in rows if row["borrower"] and row["kind"] not in _WAITED_FOR]
    if not asked:
        return set()
    sites = {
        row["id"]: (habits_of(row).hours, calendars.calendar_of(row))
        for row in await db.fetch(_HOURS, sites=list({row["site"] for row in asked}))
    }
    until: defaultdict[datetime, list[UUID]] = defaultdict(list)
    last = await _last_of(asked, REMINDER_KINDS, REMINDER_KINDS, now=now)
    any_last = await _last_of(asked, [ENDING], ONE_A_DAY, now=now)
    ends = await _ends(asked)
    for row in sorted(asked, key=lambda row: (row["kind"] == ENDING, row["id"])):
        hours, calendar = sites[row["site"]]
        at = _allowed(now, hours, calendar)
        if at <= now and row["kind"] in ONE_A_DAY:
            today = calendar.local_date(now)
            before = (any_last if row["kind"] == ENDING else last).get(row["borrower"])
            again = _tomorrow(today, hours, calendar)
            was_written_to = before is not None and calendar.local_date(before) >= today
            if was_written_to and again < ends.get(row["id"], _NEVER):
                at = again
            else:
                last[row["borrower"]] = any_last[row["borrower"]] = now
        if at > now:
            until[at].append(row["id"])
    for at, ids in until.items():
        await db.execute(_HOLD_UNTIL, ids=ids, until=at, now=now)
    held = {each for ids in until.values() for each in ids}
    return held | await _in_turn([row for row in asked if row["id"] not in held], now=now)


async def _in_turn(rows: Collection[db.Row], *, now: datetime) -> set[UUID]:
    """Let wait what would be said of moved due dates while a dispatcher has the word before."""
    of_moves = [row for row in rows if row["kind"] in OF_MOVES]
    if not of_moves:
        return set()
    people = list({row["borrower"] for row in of_moves})
    found = await db.fetch(_ON_ITS_WAY, people=people, kinds=OF_MOVES, now=now)
    talked_to = {row["borrower"] for row in found}
    waiting = [row["id"] for row in of_moves if row["borrower"] in talked_to]
    if waiting:
        await db.execute(_WAIT, ids=waiting, until=now + _A_WHILE)
    return {*waiting}


async def _last_of(
    rows: Collection[db.Row], wanted: Collection[str], kinds: Sequence[str], *, now: datetime
) -> dict[UUID, datetime]:
    """When people got their last message of some kinds, of those for whom a wanted one waits."""
    waiting = [row for row in rows if row["kind"] in wanted]
    if not waiting:
        return {}
    found = await db.fetch(
        _LAST,
        people=list({row["borrower"] for row in waiting}),
        kinds=[*kinds],
        ids=[row["id"] for row in waiting],
        since=now - _SINCE,
    )
    return {row["borrower"]: row["last"] for row in found}


async def _ends(rows: Collection[db.Row]) -> dict[UUID, datetime]:
    """When the vouchers end that some of these messages are about."""
    ids = [row["id"] for row in rows if row["kind"] == ENDING]
    if not ids:
        return {}
    return {row["message"]: row["ends_at"] for row in await db.fetch(_ENDS, ids=ids)}


def _allowed(at: datetime, hours: SendingHours, calendar: SiteCalendar) -> datetime:
    return next_allowed(at, hours, calendar) or at + ONE_DAY


def _tomorrow(today: date, hours: SendingHours, calendar: SiteCalendar) -> datetime:
    return _allowed(first_moment(today + ONE_DAY, 0, calendar.zone), hours, calendar)
