"""Whom messages do not reach: the second one in turn that fails for good becomes a call.

Of a moved due date the first that fails does: nobody is to stand before a shut door. So does the
first letter: no later one would arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.ids import first_id_of
from comptoir.core.principal import SYSTEM
from comptoir.notifications import outbox
from comptoir.notifications.channels import Channel
from comptoir.notifications.inbound.doubts import FAILURES, HARD, LAST_FAILED
from comptoir.notifications.outbox import Draft
from comptoir.notifications.reminders.about import hand_on
from comptoir.notifications.reminders.moot import take_telling_back
from comptoir.notifications.reminders.occasions import FRESH
from comptoir.notifications.reminders.plans import OF_MOVES, UNASKED

_FAILED = f"""
SELECT failed.id, failed.site, failed.borrower, failed.kind, failed.address, failed.language,
       failed.text
FROM notifications_message failed
JOIN lending_borrower borrower ON borrower.id = failed.borrower
WHERE failed.status = 'failed' AND failed.id > :first AND failed.channel IN ('sms', 'email')
  AND failed.reason IN :hard AND failed.kind IN :kinds
  AND failed.address = CASE WHEN borrower.contact_kind = 'email' THEN borrower.email
                            ELSE borrower.phone END
  AND NOT EXISTS (SELECT 1 FROM notifications_message again WHERE again.again_of = failed.id)
  AND NOT EXISTS (
    SELECT 1 FROM notifications_message later
    WHERE later.borrower = failed.borrower AND later.channel = failed.channel
      AND later.id > failed.id)
  AND (failed.kind IN :moves OR {LAST_FAILED} >= :failures)
ORDER BY failed.id
"""
_LETTERS = """
SELECT failed.id, failed.site, failed.borrower, failed.kind, borrower.phone AS address,
       failed.language, failed.text
FROM notifications_message failed
JOIN lending_borrower borrower ON borrower.id = failed.borrower
WHERE failed.id IN :ids ORDER BY failed.id
"""


async def call_whom_messages_fail(*, now: datetime) -> int:
    """Put people on the call list whose last messages failed for good; how many lines.

    What a line is about is what the message was, so that it goes when that is settled.
    """
    rows = await db.fetch(
        _FAILED,
        first=first_id_of(now - FRESH),
        hard=HARD,
        kinds=UNASKED,
        moves=OF_MOVES,
        failures=FAILURES,
    )
    made = []
    for row in rows:
        async with db.transaction():
            made.append(await _call(row, now=now))
    return sum(each is not None for each in made)


async def call_instead_of_letters(ids: Sequence[UUID], *, now: datetime) -> None:
    """Put on the call list whom these letters, which failed, did not reach.

    It belongs into the transaction in which they fail.
    """
    if ids:
        await take_telling_back(ids, now=now)
        for row in await db.fetch(_LETTERS, ids=[*ids]):
            await _call(row, now=now)


async def _call(row: db.Row, *, now: datetime) -> UUID | None:
    made = await outbox.write(
        Draft(
            site_id=row["site"],
            borrower_id=row["borrower"],
            kind=row["kind"],
            channel=Channel.CALL,
            address=row["address"],
            language=row["language"],
            text=row["text"],
            dedupe_key=f"failed:{row['id']}",
            again_of=row["id"],
        ),
        now=now,
    )
    if made is None:  # another process was faster
        return None
    await hand_on([row["id"]], made)
    await audit.record(
        SYSTEM,
        "message.written",
        "borrower",
        row["borrower"],
        now=now,
        site_id=row["site"],
        changes={"kind": [None, row["kind"]], "channel": [None, Channel.CALL.value]},
    )
    return made
