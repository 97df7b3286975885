"""What is written on an occasion: a due date was moved or moved back, something lent or returned.

They are found as reminders are: what has happened and was not yet written about. So the desk
waits for nothing, an announcement that moves thousands of loans is as quick as before, and
all that somebody borrows in a visit is in one message. Nobody is called or sent a letter to be
thanked. Of a moved due date everybody hears: whom no message reaches is on the call list.
Whoever was told something today hears of it on another day, where that is early enough and
nothing that was said today is wrong until then.
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
    last_texts,
    lent_of,
    recipient_of,
)
from comptoir.notifications.reminders.writing import Letter, Overtaken, channel_for, write
from comptoir.notifications.rules import Place, can_wait, is_same_day
from comptoir.sites.opening_hours import first_moment

#: A visit is over, and what was a slip is undone, after so long.
SETTLED = timedelta(minutes=10)
#: Later than this it is no occasion any more; longer than a weekend and a holiday.
FRESH = timedelta(days=4)
#: People read together.
PAGE = 500

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
_SAID_TODAY = """
SELECT 1 AS one FROM notifications_loan_message about
WHERE about.loan IN :loans AND about.at >= :today AND about.message IS NOT NULL LIMIT 1
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
_UNWRITTEN = """
SELECT loan.id, loan.due_at, loan.return_site, loan.policy FROM lending_loan loan
WHERE {fresh} AND NOT EXISTS (
    SELECT 1 FROM notifications_loan_message about
    WHERE about.loan = loan.id AND about.level = :kind)
"""
# The occasion is over, and no message is about it.
_PASSED = """
INSERT INTO notifications_loan_message (loan, level, due_at, at)
VALUES (:loan, :level, :due_at, :at)
ON CONFLICT (loan, level, due_at) DO NOTHING
"""
_LENT = """
loan.id > :first AND loan.checked_out_at > :since AND loan.checked_out_at <= :settled
AND loan.returned_at IS NULL
"""
_BACK = """
loan.returned_at > :since AND loan.returned_at <= :settled
AND loan.undone_at IS NULL AND loan.written_off_at IS NULL
"""


async def write_moves(
    senders: Mapping[UUID, Sender],
    places: Mapping[UUID, Place],
    *,
    channels: Collection[Channel],
    now: datetime,
) -> int:
    """Write of dates that moved; how many messages. What is in the quiet waits."""
    since = now - FRESH
    moved = await db.fetch(_MOVED, since=since, first=first_id_of(since))
    written = await _tell_of_moves(DATE_MOVED, moved, senders, places, channels, now=now)
    back = await db.fetch(_BACK_MOVED, since=since)
    return written + await _tell_of_moves(DATE_BACK, back, senders, places, channels, now=now)


async def write_courtesies(
    plans: Plans,
    senders: Mapping[UUID, Sender],
    places: Mapping[UUID, Place],
    *,
    channels: Collection[Channel],
    now: datetime,
) -> int:
    """Welcome and thank whom the plans say; how many messages. What is in the quiet waits."""
    written = 0
    for kind, fresh in ((WELCOME, _LENT), (THANKS, _BACK)):
        if plans.say(kind):
            written += await _say(kind, fresh, plans, senders, places, channels, now=now)
    return written


async def begin_courtesies(before: Plans, after: Plans, *, now: datetime) -> None:
    """Nobody is written of what was before a plan said so; it belongs into that transaction."""
    for kind, fresh in ((WELCOME, _LENT), (THANKS, _BACK)):
        if not after.say(kind):
            continue
        values: dict[str, object] = {"since": now - FRESH, "settled": now, "kind": kind}
        if kind == WELCOME:
            values["first"] = first_id_of(now - FRESH)
        rows = [
            {"loan": row["id"], "level": kind, "due_at": row["due_at"], "at": now}
            for row in await db.fetch(_UNWRITTEN.format(fresh=fresh), **values)
            for scope in [(row["return_site"], row["policy"])]
            if after.of(*scope).says(kind) and not before.of(*scope).says(kind)
        ]
        if rows:
            await db.insert_many(_PASSED, rows)


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
    last = await _last_told([borrower for _, borrower in groups])
    for (batch, borrower), rows in groups.items():
        letter = _letter(kind, rows, senders, channels, key=f"{kind}:{rows[0]['move']}")
        place = places[letter.sender.id]
        if letter.channel is None or not place.may_write:
            continue
        if letter.channel in BY_GATEWAY:
            if is_same_day(last.get(borrower), now, place.zone) and (
                _can_wait(letter, place) and not await _corrects(letter, place, now=now)
            ):
                continue
            last[borrower] = now
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
    last = await _last_told([*groups])
    for borrower, rows in groups.items():
        first = rows[0]
        letter = _letter(kind, rows, senders, channels, key=f"{kind}:{first['id']}")
        place = places[letter.sender.id]
        if letter.channel not in BY_GATEWAY or not place.may_write:
            continue
        if is_same_day(last.get(borrower), now, place.zone):
            continue
        try:
            await write(letter, now=now)
        except Overtaken:
            continue
        written += 1
    return written


async def _last_told(people: Sequence[UUID]) -> dict[UUID, datetime | None]:
    """When these people were last told something unasked; a closure moves the dates of many."""
    found: dict[UUID, datetime | None] = {}
    for start in range(0, len(people), PAGE):
        last = await last_texts(people[start : start + PAGE])
        found |= {person: each.any for person, each in last.items()}
    return found


def _can_wait(letter: Letter, place: Place) -> bool:
    """Whether it is still read before the day on which somebody would come, or has to."""
    days = [each.due_at for each in letter.lent]
    if letter.was_due is not None:
        days.append(letter.was_due)
    first = min(days).astimezone(place.zone).date()
    return can_wait(place.again, first_moment(first, 0, place.zone))


async def _corrects(letter: Letter, place: Place, *, now: datetime) -> bool:
    """Whether its person read something else today of the dates of its loans."""
    today = first_moment(now.astimezone(place.zone).date(), 0, place.zone)
    loans = [each.id for each in letter.lent]
    return bool(await db.fetch(_SAID_TODAY, loans=loans, today=today))


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
