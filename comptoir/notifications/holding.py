"""What a message that waited is asked again when its time has come: is it day, is it the first?

A message may have waited for a gateway, for the switch, or for somebody who tried it again:
then the hour that was right when it was written is not the hour at which it goes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from comptoir.core import db
from comptoir.notifications.kinds import ANSWERS, Matter, kinds_about
from comptoir.notifications.quiet_hours import SendingHours, next_allowed
from comptoir.notifications.reminders.plans import ENDING, OF_MOVES, ONE_A_DAY, REMINDER_KINDS
from comptoir.notifications.reminders.reading import NO_TEXT, LastTexts, habits_of
from comptoir.notifications.rules import is_same_day, tomorrow
from comptoir.sites import calendars
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.opening_hours import ONE_DAY

_HOURS = f"""
SELECT site.id, sending.opens, sending.closes, sending.quiet_days, sending.takes_answers,
       sending.has_links, {calendars.COLUMNS}
FROM sites_site site
LEFT JOIN notifications_site_sending sending ON sending.site = site.id
WHERE site.id IN :sites
"""
# One that was tried again went badly: it is the other try that counts.
_LAST = """
SELECT message.borrower, MAX(message.sent_at) AS "any [TIMESTAMPTZ]",
       MAX(CASE WHEN message.kind IN :reminders THEN message.sent_at END)
           AS "reminder [TIMESTAMPTZ]"
FROM notifications_message message
WHERE message.borrower IN :people AND message.kind IN :kinds
  AND message.channel IN ('sms', 'email') AND message.sent_at > :since
  AND message.status NOT IN ('dropped', 'failed') AND message.id NOT IN :ids
  AND NOT EXISTS (SELECT 1 FROM notifications_message again WHERE again.again_of = message.id)
GROUP BY message.borrower
"""
# What is overdue already can wait.
_UNTIL = """
SELECT about.message, MIN(about.ends_at) AS "until [TIMESTAMPTZ]"
FROM notifications_voucher_message about WHERE about.message IN :ids GROUP BY about.message
UNION ALL
SELECT about.message, MIN(about.due_at) AS "until [TIMESTAMPTZ]"
FROM notifications_loan_message about
WHERE about.message IN :ids AND about.level LIKE '%:%' AND about.due_at > :now
GROUP BY about.message
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
UPDATE notifications_message SET next_attempt_at = :until, updated_at = :now WHERE id IN :ids
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
    reminder a day: the next goes on the next day, if it still makes sense then. What else they did
    not ask for waits for the next day too, unless it would come too late: a reminder after what is
    due, what is said of a voucher after its end. What is said of a moved due date, which waited
    when it was written, waits for what is said of one at this moment, so that the last word is
    true. It belongs into the transaction that claims them.
    """
    asked = [row for row in rows if row["borrower"] and row["kind"] not in _WAITED_FOR]
    if not asked:
        return set()
    sites = {
        row["id"]: (habits_of(row).hours, calendars.calendar_of(row))
        for row in await db.fetch(_HOURS, sites=list({row["site"] for row in asked}))
    }
    until: defaultdict[datetime, list[UUID]] = defaultdict(list)
    last = await _last_of(asked, now=now)
    until_when = await _until_when(asked, last, now=now)
    for row in sorted(asked, key=_in_order):
        hours, calendar = sites[row["site"]]
        at, kind, person = _allowed(now, hours, calendar), row["kind"], row["borrower"]
        if at <= now and kind in ONE_A_DAY:
            before = last.get(person, NO_TEXT)
            again = _allowed(tomorrow(now, calendar.zone), hours, calendar)
            was_reminded = kind in REMINDER_KINDS and is_same_day(
                before.reminder, now, calendar.zone
            )
            can_wait = kind not in OF_MOVES and again < until_when.get(row["id"], _NEVER)
            if was_reminded or (can_wait and is_same_day(before.any, now, calendar.zone)):
                at = again
            else:
                reminder = now if kind in REMINDER_KINDS else before.reminder
                last[person] = LastTexts(any=now, reminder=reminder)
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
        await db.execute(_WAIT, ids=waiting, until=now + _A_WHILE, now=now)
    return {*waiting}


def _in_order(row: db.Row) -> tuple[int, UUID]:
    """What presses most goes first, and of those what was written first."""
    order = (OF_MOVES, REMINDER_KINDS, [ENDING])
    place = next((at for at, kinds in enumerate(order) if row["kind"] in kinds), len(order))
    return place, row["id"]


async def _last_of(rows: Collection[db.Row], *, now: datetime) -> dict[UUID, LastTexts]:
    """When people were last sent something unasked, of those for whom such a message waits."""
    waiting = [row for row in rows if row["kind"] in ONE_A_DAY]
    if not waiting:
        return {}
    found = await db.fetch(
        _LAST,
        people=list({row["borrower"] for row in waiting}),
        kinds=ONE_A_DAY,
        reminders=REMINDER_KINDS,
        ids=[row["id"] for row in waiting],
        since=now - _SINCE,
    )
    return {row.pop("borrower"): LastTexts(**row) for row in found}


async def _until_when(
    rows: Collection[db.Row], last: Mapping[UUID, LastTexts], *, now: datetime
) -> dict[UUID, datetime]:
    """Until when these messages are of use: of those to people who get, or got, another one."""
    number = Counter(row["borrower"] for row in rows)
    ids = [row["id"] for row in rows if row["borrower"] in last or number[row["borrower"]] > 1]
    if not ids:
        return {}
    return {row["message"]: row["until"] for row in await db.fetch(_UNTIL, ids=ids, now=now)}


def _allowed(at: datetime, hours: SendingHours, calendar: SiteCalendar) -> datetime:
    return next_allowed(at, hours, calendar) or at + ONE_DAY
