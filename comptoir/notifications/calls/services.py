"""Write down what came of a call, and take it back within a minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.lending.closures import told
from comptoir.notifications.calls.schemas import (
    UNDO_TIME,
    Before,
    LineBefore,
    Outcome,
    RecordOutcome,
)
from comptoir.notifications.calls.times import next_call
from comptoir.notifications.errors import CallNotFound, CallNotUndone
from comptoir.notifications.inbound import wishes
from comptoir.notifications.reminders.plans import OF_MOVES
from comptoir.notifications.reminders.reading import read_sender
from comptoir.notifications.statuses import Status

#: Later than this nobody remembers what was agreed.
LATEST = timedelta(days=60)

_LINES = f"""
SELECT message.id, message.kind, message.next_attempt_at
FROM notifications_message message
WHERE message.channel = 'call' AND message.status = 'queued'
  AND message.site = :site AND message.borrower = :borrower
ORDER BY message.id {db.for_update("message")}
"""
_PHONE = "SELECT borrower.phone FROM lending_borrower borrower WHERE borrower.id = :borrower"
# Before the lines, as whoever forgets a person locks them too, and all in one order.
_LOCK = f"""
SELECT borrower.id, borrower.phone FROM lending_borrower borrower
WHERE borrower.id IN :people OR (borrower.phone = :phone AND borrower.phone <> '')
ORDER BY borrower.id {db.for_update("borrower")}
"""
_BATCHES = f"""
SELECT DISTINCT move.batch FROM notifications_loan_message about
JOIN lending_loan loan ON loan.id = about.loan
JOIN lending_due_date_move move ON move.loan = loan.id
WHERE about.message IN :lines AND {told.TO_TELL}
"""
_POSTPONE = """
UPDATE notifications_message SET next_attempt_at = :at, updated_at = :now WHERE id IN :ids
"""
_SETTLE = """
UPDATE notifications_message
SET status = :status, reason = :reason, sent_at = :now, updated_at = :now
WHERE id IN :ids
"""
_WRITE = """
INSERT INTO notifications_call_outcome (id, site, borrower, outcome, call_at, before, at)
VALUES (:id, :site, :borrower, :outcome, :call_at, :before, :now)
"""
_DONE = """
SELECT done.id, done.site, done.borrower, done.outcome, done.before, done.at, done.undone_at
FROM notifications_call_outcome done WHERE done.id = :id
"""
_OVERTAKEN = """
SELECT 1 AS one FROM notifications_call_outcome later
WHERE later.site = :site AND later.borrower = :borrower AND later.id > :id
  AND later.undone_at IS NULL LIMIT 1
"""
_UNDO = "UPDATE notifications_call_outcome SET undone_at = :now WHERE id = :id"
_PUT_BACK = """
UPDATE notifications_message
SET status = 'queued', reason = '', sent_at = NULL, next_attempt_at = :at, updated_at = :now
WHERE id = :id AND status IN ('queued', 'delivered', 'failed')
"""


async def record_outcome(
    actor: Principal,
    borrower_id: UUID,
    command: RecordOutcome,
    *,
    now: datetime,
) -> UUID:
    """Write down what came of calling somebody for a site; the id of the outcome.

    Reached: what there was to tell is told. Voicemail: the call comes again the next day that
    the site is open. A wrong number is asked about at the next visit of each who has it; until
    then the counsellor is called, if there is one. To be called back: the call comes again at
    its time.

    Raises:
        CallNotFound: there is nothing to tell them, or somebody else was faster.
        Invalid: no time to call back, one that is over or far off, or one with another outcome;
            no number to be wrong.
    """
    made = new_id()
    if command.call_at is not None and command.outcome is not Outcome.CALL_BACK:
        text = _("A time belongs only to somebody who is to be called back.")
        raise Invalid([FieldError("call_at", "notifications.call-time-unneeded", text)])
    if not actor.has_role(Role.RECEPTION, command.site_id):
        raise CallNotFound
    async with db.transaction():
        phone = await _phone(borrower_id) if command.outcome is Outcome.WRONG_NUMBER else ""
        locked = await _lock([borrower_id], phone)
        if phone and not phone == locked.get(borrower_id) == (command.phone or phone):
            raise CallNotFound  # another number is known of them by now
        lines = await _find(borrower_id, command.site_id)
        before = Before(lines=tuple(LineBefore(row["id"], row["next_attempt_at"]) for row in lines))
        call_at = None
        match command.outcome:
            case Outcome.REACHED:
                before = await _reached(actor, borrower_id, lines, before, now=now)
            case Outcome.VOICEMAIL:
                call_at = await _next_day(command.site_id, now=now)
            case Outcome.CALL_BACK:
                call_at = _checked(command.call_at, now=now)
            case Outcome.WRONG_NUMBER:
                before = await _wrong(actor, borrower_id, phone, before, now=now)
        if call_at is not None:
            await db.execute(_POSTPONE, ids=[row["id"] for row in lines], at=call_at, now=now)
        await db.execute(
            _WRITE,
            id=made,
            site=command.site_id,
            borrower=borrower_id,
            outcome=command.outcome.value,
            call_at=call_at,
            before=msgspec.json.encode(before).decode(),
            now=now,
        )
        await _record(actor, command.outcome, borrower_id, command.site_id, call_at, now=now)
    return made


async def undo_outcome(actor: Principal, outcome_id: UUID, *, now: datetime) -> None:
    """Take back what was written down less than a minute ago. Twice is as once.

    Raises:
        CallNotFound: there is no such outcome at the actor's sites.
        CallNotUndone: it is too late, or something was written down after it: another call, or
            how one of those whose number was wrong wants to be reached.
    """
    async with db.transaction():
        row = await db.fetch_one(_DONE, id=outcome_id)
        if row is None or not actor.has_role(Role.RECEPTION, row["site"]):
            raise CallNotFound
        before = msgspec.json.decode(row["before"], type=Before)
        await _lock([row["borrower"], *(each.borrower_id for each in before.wishes)])
        [row] = await db.fetch(_DONE + db.for_update("done"), id=outcome_id)
        if row["undone_at"] is not None:
            return
        later = await db.fetch(
            _OVERTAKEN, id=outcome_id, site=row["site"], borrower=row["borrower"]
        )
        if later or now - row["at"] > UNDO_TIME:
            raise CallNotUndone
        if not await wishes.take_back(before.wishes, by=actor, called=row["borrower"], now=now):
            raise CallNotUndone
        for line in before.lines:
            await db.execute(_PUT_BACK, id=line.id, at=line.next_attempt_at, now=now)
        for batch in before.told:
            await told.note_not_told(actor, batch, row["borrower"], now=now)
        await db.execute(_UNDO, id=outcome_id, now=now)
        await audit.record(
            actor,
            "borrower.call_undone",
            "borrower",
            row["borrower"],
            now=now,
            site_id=row["site"],
        )


async def _lock(people: Sequence[UUID], phone: str = "") -> dict[UUID, str]:
    """Keep others from changing these people, whoever has this number, and what they wish.

    The numbers of all of them.
    """
    rows = await db.fetch(_LOCK, people=[*people], phone=phone)
    return {row["id"]: row["phone"] for row in rows}


async def _phone(borrower_id: UUID) -> str:
    row = await db.fetch_one(_PHONE, borrower=borrower_id)
    return row["phone"] if row else ""


async def _find(borrower_id: UUID, site_id: UUID) -> list[db.Row]:
    lines = await db.fetch(_LINES, site=site_id, borrower=borrower_id)
    if not lines:
        raise CallNotFound
    return lines


async def _reached(
    actor: Principal, borrower_id: UUID, lines: Sequence[db.Row], before: Before, *, now: datetime
) -> Before:
    ids = [row["id"] for row in lines]
    moved = [row["id"] for row in lines if row["kind"] in OF_MOVES]
    batches = [row["batch"] for row in await db.fetch(_BATCHES, lines=moved)] if moved else []
    for batch in batches:
        await told.note_told(actor, batch, borrower_id, now=now)
    await db.execute(_SETTLE, ids=ids, status=Status.DELIVERED.value, reason="", now=now)
    return msgspec.structs.replace(before, told=tuple(batches))


async def _wrong(
    actor: Principal, borrower_id: UUID, phone: str, before: Before, *, now: datetime
) -> Before:
    """Nothing more is sent there, and the desk asks each who has it for another one.

    The line stays: they are called by another way, or stand among those who are not reachable.
    """
    if not phone:
        told_so = _("There is no number that could be wrong.")
        raise Invalid([FieldError("outcome", "notifications.no-number", told_so)])
    stopped = await wishes.stop(phone, is_wrong=True, by=actor, called=borrower_id, now=now)
    return msgspec.structs.replace(before, wishes=stopped)


async def _next_day(site_id: UUID, *, now: datetime) -> datetime:
    """When somebody of the site may call again, tomorrow at the earliest."""
    sender = await read_sender(site_id, "")
    if sender is None:
        raise CallNotFound
    return next_call(sender.habits.hours, sender.calendar, now=now)


def _checked(call_at: datetime | None, *, now: datetime) -> datetime:
    if call_at is None:
        text = _("Say when to call back.")
        raise Invalid([FieldError("call_at", "notifications.call-time-missing", text)])
    if not now < call_at <= now + LATEST:
        text = _("Choose a time within the next 60 days.")
        raise Invalid([FieldError("call_at", "notifications.call-time-invalid", text)])
    return call_at


async def _record(
    actor: Principal,
    outcome: Outcome,
    borrower_id: UUID,
    site_id: UUID,
    call_at: datetime | None,
    *,
    now: datetime,
) -> None:
    await audit.record(
        actor,
        "borrower.called",
        "borrower",
        borrower_id,
        now=now,
        site_id=site_id,
        changes={"outcome": [None, outcome.value], "call_at": [None, call_at]},
    )
