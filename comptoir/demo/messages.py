"""What was written to borrowers in the last days, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.core import db
from comptoir.demo.history import Event
from comptoir.notifications import outcomes
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


def plan(*, now: datetime) -> list[tuple[datetime, Event]]:
    """Remind as the program would have done on each of the last days; the latest wait."""
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    days = (noon - timedelta(days=ago) for ago in range(DAYS, -1, -1))
    return [(at, _remind) for at in days if at <= now]


async def _remind(at: datetime) -> None:
    await sweep(now=at)


async def report(*, now: datetime) -> None:
    """Say what became of those that are older than a day."""
    sent = await db.fetch(_SENT, before=now - timedelta(days=1))
    for number, row in enumerate(sent):
        status, reason = _ENDS[number % len(_ENDS)]
        at = row["created_at"] + timedelta(minutes=1)
        async with db.transaction():
            await outcomes.report(row["id"], status, now=at, reason=reason)
