"""What is to be sent, written in the transaction of what caused it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Principal
from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status

_INSERT = """
INSERT INTO notifications_message
    (id, site, borrower, kind, channel, address, language, text, dedupe_key, not_before, status,
     attempts, next_attempt_at, gateway, reference, parts, cost, currency, reason, again_of,
     created_at, updated_at)
VALUES
    (:id, :site, CAST(:borrower AS uuid), :kind, :channel, :address, :language, :text, :dedupe_key,
     :not_before, :status, 0, :next_attempt_at, '', '', 0, 0, '', '', CAST(:again_of AS uuid),
     :now, :now)
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING id
"""
# A dispatcher whose lease is gone hands nothing over. The key is free again, for a message
# that tells the rest.
_DROP = """
UPDATE notifications_message
SET status = 'dropped', reason = :reason, updated_at = :now, lease_owner = NULL,
    lease_until = NULL, dedupe_key = dedupe_key || ':' || CAST(id AS TEXT)
WHERE id IN :ids AND status IN :statuses
RETURNING id, site, borrower, kind, channel
"""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A message to write.

    ``address`` is where it goes in its ``channel``: E.164 for ``sms``. ``dedupe_key`` says
    what the message is about, such as ``due-soon:LOAN:2026-11-24``: two with the same key
    are one. ``not_before`` is the end of the quiet hours, where it may not go at once.
    """

    site_id: UUID
    kind: str
    channel: str
    address: str
    language: str
    text: str
    dedupe_key: str
    borrower_id: UUID | None = None
    not_before: datetime | None = None
    again_of: UUID | None = None


async def write(draft: Draft, *, now: datetime) -> UUID | None:
    """Put a message into the outbox; None if one with its key is there already.

    It belongs into the transaction of what causes it. A dispatcher sends it after the
    commit, so that nothing leaves that did not happen.
    """
    rows = await db.fetch(
        _INSERT,
        id=new_id(),
        site=draft.site_id,
        borrower=draft.borrower_id,
        kind=draft.kind,
        channel=draft.channel,
        address=draft.address,
        language=draft.language,
        text=draft.text,
        dedupe_key=draft.dedupe_key,
        not_before=draft.not_before,
        status=Status.QUEUED.value,
        next_attempt_at=max(now, draft.not_before or now),
        again_of=draft.again_of,
        now=now,
    )
    return UUID(str(rows[0]["id"])) if rows else None


async def drop(
    message_ids: Sequence[UUID],
    reason: Reason,
    *,
    actor: Principal = SYSTEM,
    of: Sequence[Status] = (Status.QUEUED,),
    now: datetime,
) -> set[UUID]:
    """Take back those of some messages that are ``of`` these states; which these were.

    It belongs into the transaction of what overtook them. They stay in the list with why, and
    whoever they were for has a line of it in their timeline.
    """
    if not message_ids:
        return set()
    states = [status.value for status in of]
    dropped = await db.fetch(
        _DROP, ids=[*message_ids], statuses=states, reason=reason.value, now=now
    )
    await audit.record_many([_dropped(actor, row, reason, now=now) for row in dropped])
    return {row["id"] for row in dropped}


def _dropped(actor: Principal, row: db.Row, reason: Reason, *, now: datetime) -> dict[str, object]:
    return audit.values(
        actor,
        "message.dropped",
        "message",
        row["id"],
        now=now,
        related=(row["borrower"],),
        site_id=row["site"],
        changes={
            "kind": [None, row["kind"]],
            "channel": [None, row["channel"]],
            "reason": [None, reason.value],
        },
    )
