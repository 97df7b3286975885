"""What a clock that was far ahead wrote down, once it is put right: it is no reason to wait."""

from __future__ import annotations

from datetime import datetime

from comptoir.core import db
from comptoir.core.jobs import CLOCKS_DIFFER_BY

_AHEAD = """
SELECT message.id FROM notifications_message message
WHERE message.status = 'queued' AND message.channel IN ('sms', 'email')
  AND message.next_attempt_at > :latest AND message.updated_at > :latest
LIMIT 1000
"""
# Whoever has claimed one hands nothing over any more; another does, once.
_NOW = """
UPDATE notifications_message
SET next_attempt_at = :now, not_before = NULL, lease_owner = NULL, lease_until = NULL,
    updated_at = :now
WHERE id IN :ids AND status = 'queued'
"""


async def put_right(*, now: datetime) -> int:
    """Let go now what waits until a moment of a wrong clock; how many messages.

    The quiet hours, and whatever else holds a message back, are asked again.
    """
    rows = await db.fetch(_AHEAD, latest=now + CLOCKS_DIFFER_BY)
    if rows:
        await db.execute(_NOW, ids=[row["id"] for row in rows], now=now)
    return len(rows)
