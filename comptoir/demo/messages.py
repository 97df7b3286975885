"""What was written to borrowers in the last days, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.core import db, events
from comptoir.demo.history import Event
from comptoir.notifications import outcomes
from comptoir.notifications.events import ReplyArrived
from comptoir.notifications.gateways.hooks import Incoming
from comptoir.notifications.gateways.local import FILE
from comptoir.notifications.hook_calls import keep_incoming
from comptoir.notifications.inbound.answering import answer_reply
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.statuses import Status

DAYS = 14

#: What becomes of one message after the other.
_ENDS: tuple[tuple[Status, Reason | None], ...] = (
    (Status.DELIVERED, None),
    (Status.FAILED, Reason.NOT_DELIVERED),
    (Status.UNKNOWN, Reason.ANSWER_LOST),
    (Status.DROPPED, Reason.OVERTAKEN),
    (Status.ACCEPTED, None),
    (Status.DELIVERED, None),
)
_SENT = """
SELECT message.id, message.created_at FROM notifications_message message
WHERE message.channel = 'sms' AND message.created_at < :before
ORDER BY message.created_at, message.id
"""
#: A person reads the first two; the others are answered by the program.
_REPLIES = (
    "Bonjour, le chargeur est cassé, je peux passer quand même ?",
    "AIDE",
    "PROLONGER",
    "HORAIRES",
)
_WHO = """
SELECT person.id AS borrower, person.phone AS address FROM lending_borrower person
WHERE person.contact_kind = 'phone' AND person.phone <> '' AND person.language = 'fr'
  AND NOT EXISTS (SELECT 1 FROM lending_borrower other
                  WHERE other.phone = person.phone AND other.id <> person.id)
  AND EXISTS (SELECT 1 FROM lending_loan loan
              WHERE loan.borrower = person.id AND loan.returned_at IS NULL)
ORDER BY person.id LIMIT :limit
"""


def plan(*, now: datetime) -> list[tuple[datetime, Event]]:
    """Remind as the program would have done on each of the last days; the latest wait."""
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    days = (noon - timedelta(days=ago) for ago in range(DAYS, -1, -1))
    reminded: list[tuple[datetime, Event]] = [(at, _remind) for at in days if at <= now]
    return [*reminded, (now - timedelta(minutes=50), _hear)]


async def _remind(at: datetime) -> None:
    await sweep(now=at)


async def _hear(at: datetime) -> None:
    """What some of those who have something on loan wrote by text message."""
    events.subscribe(ReplyArrived, answer_reply)  # as the application does
    people = await db.fetch(_WHO, limit=len(_REPLIES))
    for number, (row, text) in enumerate(zip(people, _REPLIES, strict=False)):
        moment = at + timedelta(minutes=number)
        key = f"demo-{number}"
        incoming = Incoming(key, row["address"], "", text, moment)
        await keep_incoming(FILE, incoming, "", now=moment)


async def report(*, now: datetime) -> None:
    """Say what became of those that are older than a day."""
    sent = await db.fetch(_SENT, before=now - timedelta(days=1))
    for number, row in enumerate(sent):
        status, reason = _ENDS[number % len(_ENDS)]
        at = row["created_at"] + timedelta(minutes=1)
        async with db.transaction():
            await outcomes.report(row["id"], status, now=at, reason=reason)
