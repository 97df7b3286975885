"""Bundle letters, have them printed, put them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.clock import localtime
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.printing.errors import NothingToPrint
from comptoir.core.printing.pdf import in_background
from comptoir.notifications import outbox
from comptoir.notifications.calls.failing import call_instead_of_letters
from comptoir.notifications.errors import BatchNotFound, BatchPrinted
from comptoir.notifications.letters.paper import render_letters
from comptoir.notifications.letters.queries import PRESSING, read_batch, read_sheets
from comptoir.notifications.letters.schemas import Batch, MakeBatch
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.about import hand_on
from comptoir.notifications.reminders.moot import drop_moot
from comptoir.notifications.reminders.plans import ENDING, OF_MOVES
from comptoir.notifications.statuses import Status

#: Of one document, with all their letters; who is left is in the next one.
MOST_PEOPLE = 200

_WAITING = f"""
SELECT message.id, message.borrower, message.kind, {PRESSING} AS pressing,
       CASE WHEN borrower.address = wish.wrong_address THEN '' ELSE borrower.address END AS address
FROM notifications_message message
JOIN lending_borrower borrower ON borrower.id = message.borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = message.borrower
WHERE message.channel = 'letter' AND message.status = 'queued' AND message.site = :site
  AND message.borrower IN (
    SELECT waiting.borrower FROM notifications_message waiting
    WHERE waiting.channel = 'letter' AND waiting.status = 'queued' AND waiting.site = :site
    GROUP BY waiting.borrower ORDER BY MIN(CAST(waiting.id AS TEXT)) LIMIT :most)
ORDER BY message.id {db.for_update("message")}
"""
_END = """
UPDATE notifications_message SET status = :status, reason = :reason, updated_at = :now
WHERE id IN :ids
"""
_BATCH = "INSERT INTO notifications_letter_batch (id, site, made_at) VALUES (:id, :site, :now)"
_LETTER = "INSERT INTO notifications_batch_letter (message, batch) VALUES (:message, :batch)"
_LOCK = f"""
SELECT batch.id FROM notifications_letter_batch batch WHERE batch.id = :id {db.for_update("batch")}
"""
_PRINTED = "UPDATE notifications_letter_batch SET printed_at = :now WHERE id = :id"
_OF_BATCH = """
id IN (SELECT letter.message FROM notifications_batch_letter letter WHERE letter.batch = :batch)
AND status = 'sending'
"""
_SENT = f"""
UPDATE notifications_message SET status = :status, sent_at = :now, updated_at = :now
WHERE {_OF_BATCH}
"""
_BACK = f"UPDATE notifications_message SET status = 'queued', updated_at = :now WHERE {_OF_BATCH}"
_DELETE = "DELETE FROM notifications_letter_batch WHERE id = :batch"
_OLD = "batch.printed_at IS NULL AND batch.made_at < :before"
_OLD_BACK = f"""
UPDATE notifications_message SET status = 'queued', updated_at = :now
WHERE status = 'sending' AND id IN (
    SELECT letter.message FROM notifications_batch_letter letter
    JOIN notifications_letter_batch batch ON batch.id = letter.batch WHERE {_OLD})
"""
_OLD_DELETE = f"""
DELETE FROM notifications_letter_batch
WHERE id IN (SELECT batch.id FROM notifications_letter_batch batch WHERE {_OLD})
"""


async def make_batch(actor: Principal, command: MakeBatch, *, now: datetime) -> UUID:
    """Make one document of the letters that wait at a site for ``MOST_PEOPLE``; its id.

    What makes no sense any more is dropped, and each person gets one letter about what they
    have: the most pressing, and of those the latest, which stands for the others. Whoever has
    no address, or one from which a letter came back, is to be called.

    Raises:
        NothingToPrint: no letter waits there, or only such as make no sense.
    """
    if not actor.has_role(Role.RECEPTION, command.site_id):
        raise NothingToPrint
    made = new_id()
    async with db.transaction():
        rows = await db.fetch(_WAITING, site=command.site_id, most=MOST_PEOPLE)
        moot = await drop_moot([row["id"] for row in rows], now=now)
        rows = [row for row in rows if row["id"] not in moot]
        lost = [row["id"] for row in rows if not row["address"].strip()]
        await _end(lost, Status.FAILED, Reason.NO_ADDRESS, now=now)
        await call_instead_of_letters(lost, now=now)
        kept = await _one_each([row for row in rows if row["id"] not in lost], now=now)
        if kept:
            await db.execute(_BATCH, id=made, site=command.site_id, now=now)
            await db.insert_many(_LETTER, [{"message": each, "batch": made} for each in kept])
            await _end(kept, Status.SENDING, None, now=now)
            await _record(actor, "letters.bundled", made, command.site_id, now=now)
    if not kept:  # what was dropped stays dropped
        raise NothingToPrint
    return made


async def mark_printed(actor: Principal, batch_id: UUID, *, now: datetime) -> None:
    """The letters of a bundle were printed and go to the post. Twice is as once.

    Raises:
        BatchNotFound: there is none at the actor's sites.
    """
    async with db.transaction():
        batch = await _find(actor, batch_id)
        if batch.printed_at is not None:
            return
        await db.execute(_SENT, batch=batch_id, status=Status.ACCEPTED.value, now=now)
        await db.execute(_PRINTED, id=batch_id, now=now)
        await _record(actor, "letters.printed", batch_id, batch.site_id, now=now)


async def put_back(actor: Principal, batch_id: UUID, *, now: datetime) -> None:
    """A bundle was not printed: its letters wait again.

    Raises:
        BatchNotFound: there is none at the actor's sites.
        BatchPrinted: its letters have gone.
    """
    async with db.transaction():
        batch = await _find(actor, batch_id)
        if batch.printed_at is not None:
            raise BatchPrinted
        await db.execute(_BACK, batch=batch_id, now=now)
        await db.execute(_DELETE, batch=batch_id)
        await _record(actor, "letters.put_back", batch_id, batch.site_id, now=now)


async def put_back_old(*, before: datetime, now: datetime) -> None:
    """Put back what was bundled before a moment and never said to be printed.

    Its letters wait again, or are dropped as making no sense any more: no text is kept for
    good in a bundle that somebody forgot.
    """
    async with db.transaction():
        await db.execute(_OLD_BACK, before=before, now=now)
        await db.execute(_OLD_DELETE, before=before)


async def print_batch(actor: Principal, batch_id: UUID, *, now: datetime) -> bytes:
    """The letters of a bundle as PDF/UA, as often as it is wanted.

    They bear the day on which they were printed, or else today.

    Raises:
        BatchNotFound: there is none at the actor's sites.
        NothingToPrint: its texts were forgotten.
    """
    batch = await read_batch(actor, batch_id)
    if batch is None:
        raise BatchNotFound
    sheets = await read_sheets(batch)
    if not sheets.letters:
        raise NothingToPrint
    return await in_background(
        render_letters,
        sheets.letters,
        sheets.place,
        country=sheets.country,
        city=sheets.city,
        day=localtime(batch.printed_at or now, batch.time_zone).date(),
    )


async def _one_each(rows: Sequence[db.Row], *, now: datetime) -> list[UUID]:
    """The letters to print: of those about one matter to one person, the one that says most."""

    def matter(row: db.Row) -> tuple[UUID, str]:
        if row["kind"] == ENDING:  # each is about vouchers of its own
            return row["borrower"], str(row["id"])
        return row["borrower"], row["kind"] if row["kind"] in OF_MOVES else ""

    kept = []
    in_order = sorted(rows, key=lambda row: (matter(row), row["pressing"], row["id"]))
    for _who, some in groupby(in_order, key=matter):
        *others, most = [row["id"] for row in some]
        kept.append(most)
        if others:
            await hand_on(others, most)
            await outbox.drop(others, Reason.OVERTAKEN, now=now)
    return kept


async def _end(
    ids: Sequence[UUID], status: Status, reason: Reason | None, *, now: datetime
) -> None:
    if ids:
        why = reason.value if reason else ""
        await db.execute(_END, ids=[*ids], status=status.value, reason=why, now=now)


async def _find(actor: Principal, batch_id: UUID) -> Batch:
    await db.fetch_one(_LOCK, id=batch_id)
    batch = await read_batch(actor, batch_id)
    if batch is None or not actor.has_role(Role.RECEPTION, batch.site_id):
        raise BatchNotFound
    return batch


async def _record(
    actor: Principal, action: str, batch_id: UUID, site_id: UUID, *, now: datetime
) -> None:
    await audit.record(actor, action, "letter_batch", batch_id, now=now, site_id=site_id)
