"""Whether somebody wants messages, as they answer to one.

It holds for the number that it came from: where several people share it, for each of them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM
from comptoir.notifications.links.making import revoke

_THEIRS = """
SELECT borrower.id, wish.stopped_at, COALESCE(wish.wrong_number, '') AS wrong_number
FROM lending_borrower borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = borrower.id
WHERE borrower.phone = :number
ORDER BY borrower.id
"""
_WRITE = """
INSERT INTO notifications_borrower_wish (id, borrower, stopped_at, barest, wrong_number, version)
VALUES (:id, :borrower, :stopped_at, :barest, :wrong_number, 1)
ON CONFLICT (borrower) DO UPDATE
SET stopped_at = excluded.stopped_at, wrong_number = excluded.wrong_number,
    version = notifications_borrower_wish.version + 1
"""


async def stop(number: str, *, is_wrong: bool = False, now: datetime) -> bool:
    """Send nothing more to a number; False if that was so before.

    ``is_wrong``: somebody says that they are not whom we write to. It holds until the number
    is another, or somebody says again that they want messages. Links that went there end.
    """
    changed = False
    if is_wrong:
        await revoke(number)
    for row in await db.fetch(_THEIRS, number=number):
        wrong = number if is_wrong else row["wrong_number"]
        if row["stopped_at"] is not None and wrong == row["wrong_number"]:
            continue
        changed = True
        await put(row["id"], row["stopped_at"] or now, wrong)
        await audit.record(
            SYSTEM,
            "borrower.messages_stopped",
            "borrower",
            row["id"],
            now=now,
            changes={"wrong_number": [bool(row["wrong_number"]), bool(wrong)]},
        )
    return changed


async def start(number: str, *, now: datetime) -> None:
    """Send messages to a number again."""
    for row in await db.fetch(_THEIRS, number=number):
        if row["stopped_at"] is None:
            continue
        await put(row["id"], None, "")
        await audit.record(SYSTEM, "borrower.messages_resumed", "borrower", row["id"], now=now)


async def put(borrower_id: UUID, stopped_at: datetime | None, wrong_number: str) -> None:
    """Write down since when somebody wants no messages, and which number is not theirs."""
    await db.execute(
        _WRITE,
        id=new_id(),
        borrower=borrower_id,
        stopped_at=stopped_at,
        barest=False,
        wrong_number=wrong_number,
    )
