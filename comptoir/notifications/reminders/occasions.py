"""What is written on an occasion: a due date was moved or moved back, something lent or returned.

They are found as reminders are: what has happened and was not yet written about. So the desk
waits for nothing, an announcement that moves thousands of loans is as quick as before, and
all that somebody borrows in a visit is in one message. Nobody is called or sent a letter to be
thanked. Of a moved due date everybody hears: whom no message reaches is on the call list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from comptoir.core import db
from comptoir.core.ids import first_id_of
from comptoir.core.principal import SYSTEM
from comptoir.lending.closures import told
from comptoir.notifications.channels import BY_GATEWAY, Channel
from comptoir.notifications.reminders.plans import (
    DATE_BACK,
    DATE_MOVED,
    THANKS,
    WELCOME,
    Plans,
    code_of_move,
)
from comptoir.notifications.reminders.reading import (
    LOAN_COLUMNS,
    LOAN_TABLES,
    Sender,
    lent_of,
    recipient_of,
)
from comptoir.notifications.reminders.writing import Letter, Overtaken, channel_for, write
from comptoir.notifications.rules import Place

#: A visit is over, and what was a slip is undone, after so long.
SETTLED = timedelta(minutes=10)
#: Later than this it is no occasion any more; longer than a weekend and a holiday.
FRESH = timedelta(days=4)

#: As ``code_of_move`` writes it: a message, or a line to call, that is there already.
_WRITTEN = """
EXISTS (SELECT 1 FROM notifications_loan_message about
        WHERE about.loan = loan.id AND about.due_at = loan.due_at
          AND about.level = '{kind}.' || substr(CAST(move.id AS TEXT), 25))
"""
# Ids grow with time: the first of a day leads to what was made since.
_MOVED = f"""
SELECT {LOAN_COLUMNS}, move.id AS move, move.batch, move.due_before AS was_due
FROM lending_due_date_move move
JOIN lending_loan loan ON loan.id = move.loan
{LOAN_TABLES}
WHERE {told.TO_TELL} AND move.undone_at IS NULL
  AND move.id > :first AND move.moved_at > :since
  AND NOT {_WRITTEN.format(kind=DATE_MOVED)}
ORDER BY move.batch, loan.due_at, loan.id
"""
# Whoever may yet get the message of the move hears of its end after that, or not at all.
_BACK_MOVED = f"""
SELECT {LOAN_COLUMNS}, move.id AS move, move.batch, move.due_after AS was_due
FROM lending_due_date_move move
JOIN lending_loan loan ON loan.id = move.loan
{LOAN_TABLES}
WHERE {told.TO_TELL} AND move.undone_at > :since
  AND NOT {_WRITTEN.format(kind=DATE_BACK)}
  AND NOT EXISTS (
    SELECT 1 FROM notifications_loan_message about
    JOIN notifications_message message ON message.id = about.message
    WHERE about.loan = loan.id AND message.kind = 'date-moved'
      AND message.status IN ('queued', 'sending'))
ORDER BY move.batch, loan.due_at, loan.id
"""
_FRESH = f"""
SELECT {LOAN_COLUMNS}
FROM lending_loan loan
{LOAN_TABLES}
WHERE {{fresh}} AND NOT EXISTS (
    SELECT 1 FROM notifications_loan_message about
    WHERE about.loan = loan.id AND about.level = :kind)
ORDER BY loan.due_at, loan.id
"""
_LENT = """
loan.id > :first AND loan.checked_out_at > :since AND loan.checked_out_at <= :settled
AND loan.returned_at IS NULL
"""
_BACK = """
loan.returned_at > :since AND loan.returned_at <= :settled
AND loan.undone_at IS NULL AND loan.written_off_at IS NULL
"""


async def write_occasions(
    plans: Plans,
    senders: Mapping[UUID, Sender],
    places: Mapping[UUID, Place],
    *,
    channels: Collection[Channel],
    now: datetime,
) -> int:
    """Write what is to be said at ``now``; how many messages. What is in the quiet waits."""
    since = now - FRESH
    moved = await db.fetch(_MOVED, since=since, first=first_id_of(since))
    written = await _tell_of_moves(DATE_MOVED, moved, senders, places, channels, now=now)
    back = await db.fetch(_BACK_MOVED, since=since)
    written += await _tell_of_moves(DATE_BACK, back, senders, places, channels, now=now)
    for kind, fresh in ((WELCOME, _LENT), (THANKS, _BACK)):
        if plans.say(kind):
            written += await _say(kind, fresh, plans, senders, places, channels, now=now)
    return written


async def _tell_of_moves(
    kind: str,
    moves: Sequence[db.Row],
    senders: Mapping[UUID, Sender],
    places: Mapping[UUID, Place],
    channels: Collection[Channel],
    *,
    now: datetime,
) -> int:
    groups: defaultdict[tuple[UUID, UUID], list[db.Row]] = defaultdict(list)
    for row in moves:
        groups[row["batch"], row["borrower"]].append(row)
    written = 0
    for (batch, _), rows in groups.items():
        letter = _letter(kind, rows, senders, channels, key=f"{kind}:{rows[0]['move']}")
        if letter.channel is None or not places[letter.sender.id].may_write:
            continue
        try:
            async with db.joinable():
                await _tell(letter, batch, {row["move"] for row in rows}, now=now)
        except Overtaken:
            continue
        written += 1
    return written


async def _tell(letter: Letter, batch: UUID, moves: Collection[UUID], *, now: datetime) -> None:
    """Write it, and that its person was told; both at one moment, by which it can be taken back.

    Raises:
        Overtaken: something has changed since it was read, even if the due date is the same again.
    """
    at = await told.moment_to_tell([each.id for each in letter.lent], now=now)
    await write(letter, now=at)
    if letter.channel is not Channel.CALL:
        borrower = letter.recipient.id
        if await told.tell(SYSTEM, batch, borrower, only=moves, now=at) < len(moves):
            raise Overtaken


async def _say(
    kind: str,
    fresh: str,
    plans: Plans,
    senders: Mapping[UUID, Sender],
    places: Mapping[UUID, Place],
    channels: Collection[Channel],
    *,
    now: datetime,
) -> int:
    values: dict[str, object] = {"since": now - FRESH, "settled": now - SETTLED}
    if kind == WELCOME:
        values["first"] = first_id_of(now - FRESH)
    found = await db.fetch(_FRESH.format(fresh=fresh), kind=kind, **values)
    groups: defaultdict[UUID, list[db.Row]] = defaultdict(list)
    for row in found:
        if plans.of(row["return_site"], row["policy"]).says(kind):
            groups[row["borrower"]].append(row)
    written = 0
    for rows in groups.values():
        first = rows[0]
        letter = _letter(kind, rows, senders, channels, key=f"{kind}:{first['id']}")
        if letter.channel not in BY_GATEWAY or not places[letter.sender.id].may_write:
            continue
        try:
            await write(letter, now=now)
        except Overtaken:
            continue
        written += 1
    return written


def _letter(
    kind: str,
    rows: list[db.Row],
    senders: Mapping[UUID, Sender],
    channels: Collection[Channel],
    *,
    key: str,
) -> Letter:
    recipient = recipient_of(rows[0])
    lent = tuple(lent_of(row) for row in rows)
    return Letter(
        recipient=recipient,
        sender=senders[rows[0]["return_site"]],
        kind=kind,
        channel=channel_for(recipient, channels),
        dedupe_key=key,
        lent=lent,
        levels=tuple(
            (each, code_of_move(kind, row["move"]) if "move" in row else kind)
            for each, row in zip(lent, rows, strict=True)
        ),
        was_due=min((row["was_due"] for row in rows if "was_due" in row), default=None),
    )
