"""What is learnt of a message, written down: a gateway's answer, or its later report."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import db
from comptoir.notifications.channels import BY_GATEWAY
from comptoir.notifications.gateways.local import kept_by
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Rejected,
    Unknown,
)
from comptoir.notifications.inbound import wishes
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.moot import take_telling_back
from comptoir.notifications.retries import wait_after
from comptoir.notifications.statuses import Status, later

_BEGIN = """
UPDATE notifications_message
SET status = 'sending', attempts = attempts + 1, updated_at = :now
WHERE id = :id AND lease_owner = :owner AND status = 'queued'
RETURNING id
"""
_READ = f"""
SELECT message.status, message.lease_owner, message.attempts, message.reference, message.cost,
       message.reason, message.address, message.gateway, message.channel
FROM notifications_message message WHERE message.id = :id {db.for_update("message")}
"""
_LEARN = """
UPDATE notifications_message
SET status = :status, reason = :reason, reference = :reference, cost = :cost,
    lease_owner = NULL, lease_until = NULL, updated_at = :now
WHERE id = :id
"""
_ANEW = """
UPDATE notifications_message
SET status = 'queued', reason = :reason, next_attempt_at = :next_attempt_at, cost = 0,
    sent_at = NULL, lease_owner = NULL, lease_until = NULL, updated_at = :now
WHERE id = :id
"""


async def begin(message_id: UUID, owner: UUID, *, now: datetime) -> bool:
    """Write down that a message is now handed over; False if it is no longer the owner's.

    From here on nobody else sends it, whatever becomes of this process.
    """
    return bool(await db.fetch(_BEGIN, id=message_id, owner=owner, now=now))


async def record(message_id: UUID, owner: UUID, answer: Answer, *, now: datetime) -> None:
    """Write down what a gateway answered.

    What it surely did not take is queued again, unless somebody else has taken it over
    meanwhile or it was tried often enough.
    """
    async with db.transaction():
        row = await db.fetch_one(_READ, id=message_id)
        if row is None:  # the borrower was deleted meanwhile, and the message with them
            return
        match answer:
            case NotTaken(reason):
                if row["lease_owner"] == owner:  # nothing was learnt of it since: that ends a lease
                    await _again_or_fail(message_id, row, reason, now=now)
            case Accepted(reference):
                await _learn(message_id, row, Status.ACCEPTED, now=now, reference=reference)
            case Rejected(reason):
                await _learn(message_id, row, Status.FAILED, now=now, reason=reason, cost=0)
            case Unknown(reason):
                await _learn(message_id, row, Status.UNKNOWN, now=now, reason=reason)


async def report(
    message_id: UUID,
    status: Status,
    *,
    now: datetime,
    reason: Reason | None = None,
    reference: str = "",
    by: str | None = None,
) -> bool:
    """Write down what is told of a message later; False if nobody may tell that of it.

    ``by`` is the gateway that tells it by itself: it knows of what it was given, and of nothing
    else; None: it was asked about this message. ``reference`` is what it calls the message, where
    it says so only now. It belongs into a transaction. In any order and any number of times, it
    comes out the same.
    """
    row = await db.fetch_one(_READ, id=message_id)
    if row is None or (by is not None and not _was_given(row, by)):
        return False
    await _learn(message_id, row, status, now=now, reason=reason, reference=reference)
    return True


def _was_given(row: db.Row, gateway: str) -> bool:
    """Whether a gateway was given a message: its name is written down when it is claimed."""
    return row["channel"] in BY_GATEWAY and row["gateway"] == gateway


async def _again_or_fail(message_id: UUID, row: db.Row, reason: Reason, *, now: datetime) -> None:
    wait = wait_after(row["attempts"], chance=random.random())  # noqa: S311 – spreads, hides nothing
    if wait is None:
        await _learn(message_id, row, Status.FAILED, now=now, reason=reason, cost=0)
        return
    await db.execute(_ANEW, id=message_id, reason=reason.value, next_attempt_at=now + wait, now=now)


async def _learn(
    message_id: UUID,
    row: db.Row,
    told: Status,
    *,
    now: datetime,
    reason: Reason | None = None,
    reference: str = "",
    cost: int | None = None,
) -> None:
    known = Status(row["status"])
    status = later(known, told)
    if row["reason"] == Reason.LET_BE and status is Status.FAILED:
        return  # that is known, and decided
    values: dict[str, Any] = {"reference": reference or row["reference"]}
    values["cost"] = row["cost"] if cost is None or status is known else cost
    values["reason"] = row["reason"] if status is known else reason.value if reason else ""
    if status is known and values["reference"] == row["reference"]:
        return
    await db.execute(_LEARN, id=message_id, status=status.value, now=now, **values)
    if status is Status.FAILED or (status is Status.ACCEPTED and kept_by(row["gateway"])):
        # Nobody reads what was only written to a file: they stay on the list to call.
        await take_telling_back([message_id], now=now)
    if reason is Reason.OPTED_OUT and row["address"]:
        # The gateway heard their STOP before we did, or instead of us.
        await wishes.stop(row["address"], now=now)
