"""Whether messages go to a number: as somebody answers to one, or says on the phone.

And to an e-mail address: by the link in an e-mail.

It holds for the number that it is about: where several people share it, for each of them. Their
rows are locked before their wishes are read, so that nobody else changes these in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Principal
from comptoir.notifications.links.making import revoke

_LOCK = f"""
SELECT borrower.id FROM lending_borrower borrower WHERE borrower.phone = :number
ORDER BY borrower.id {db.for_update("borrower")}
"""
_LOCK_BY_EMAIL = f"""
SELECT borrower.id FROM lending_borrower borrower
WHERE borrower.email = :address AND borrower.email <> '' AND borrower.contact_kind = 'email'
ORDER BY borrower.id {db.for_update("borrower")}
"""
_THEIRS = """
SELECT borrower.id, wish.stopped_at, COALESCE(wish.wrong_number, '') AS wrong_number
FROM lending_borrower borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = borrower.id
WHERE borrower.id IN :people
ORDER BY borrower.id
"""
_WRITE = """
INSERT INTO notifications_borrower_wish (id, borrower, stopped_at, barest, wrong_number, version)
VALUES (:id, :borrower, :stopped_at, :barest, :wrong_number, 1)
ON CONFLICT (borrower) DO UPDATE
SET stopped_at = excluded.stopped_at, wrong_number = excluded.wrong_number,
    version = notifications_borrower_wish.version + 1
RETURNING version
"""
_VERSIONS = """
SELECT wish.borrower, wish.version FROM notifications_borrower_wish wish
WHERE wish.borrower IN :people
"""


class WishBefore(msgspec.Struct, frozen=True):
    """What a person wanted before messages to their number were stopped.

    ``version`` is the one that their wish has since.
    """

    borrower_id: UUID
    stopped_at: datetime | None
    wrong_number: str
    version: int


async def stop(
    number: str,
    *,
    is_wrong: bool = False,
    by: Principal = SYSTEM,
    called: UUID | None = None,
    now: datetime,
) -> tuple[WishBefore, ...]:
    """Send nothing more to a number; what was so before, of whom it was not so already.

    ``is_wrong``: somebody says that they are not whom we write to. It holds until the number
    is another, or somebody says again that they want messages. Links that went there lead
    nowhere as long. Whoever was ``called`` has a line of that call, and none of this besides.
    """
    changed = []
    for row in await _people_of(number):
        wrong = number if is_wrong else row["wrong_number"]
        if row["stopped_at"] is not None and wrong == row["wrong_number"]:
            continue
        version = await _put(row["id"], row["stopped_at"] or now, wrong)
        if row["id"] != called:
            await _told(row, wrong, by=by, now=now)
        changed.append(WishBefore(row["id"], row["stopped_at"], row["wrong_number"], version))
    return tuple(changed)


async def stop_emails(address: str, *, now: datetime) -> None:
    """Send nothing more to an e-mail address: to whoever is reached there, and wants messages."""
    locked = await db.fetch(_LOCK_BY_EMAIL, address=address)
    for row in await _wishes_of(locked):
        if row["stopped_at"] is None:
            await _put(row["id"], now, row["wrong_number"])
            await _told(row, row["wrong_number"], by=SYSTEM, now=now)


async def _told(row: db.Row, wrong: str, *, by: Principal, now: datetime) -> None:
    """Write down that messages to one of them were stopped."""
    await audit.record(
        by,
        "borrower.messages_stopped",
        "borrower",
        row["id"],
        now=now,
        changes={"wrong_number": [bool(row["wrong_number"]), bool(wrong)]},
    )


async def start(number: str, *, now: datetime) -> None:
    """Send messages to a number again.

    Links that went there while it was somebody else's end for good.
    """
    for row in await _people_of(number):
        if row["stopped_at"] is None:
            continue
        if row["wrong_number"] == number:
            await revoke(number)
        await _put(row["id"], None, "")
        await audit.record(SYSTEM, "borrower.messages_resumed", "borrower", row["id"], now=now)


async def take_back(
    before: Sequence[WishBefore], *, by: Principal, called: UUID, now: datetime
) -> bool:
    """The number is right after all: let everybody want what they did before ``stop``.

    False, and nothing is done, where somebody's wish is another by now. Their rows are the
    caller's to lock. Whoever was ``called`` has a line of the call, here too.
    """
    rows = await db.fetch(_VERSIONS, people=[each.borrower_id for each in before]) if before else []
    versions = {row["borrower"]: row["version"] for row in rows}
    if any(versions.get(each.borrower_id) != each.version for each in before):
        return False
    for each in before:
        await _put(each.borrower_id, each.stopped_at, each.wrong_number)
        if each.borrower_id == called:
            continue
        await audit.record(
            by,
            "borrower.messages_resumed",
            "borrower",
            each.borrower_id,
            now=now,
            changes={"wrong_number": [True, bool(each.wrong_number)]},
        )
    return True


async def _people_of(number: str) -> list[db.Row]:
    return await _wishes_of(await db.fetch(_LOCK, number=number))


async def _wishes_of(locked: Sequence[db.Row]) -> list[db.Row]:
    people = [row["id"] for row in locked]
    return await db.fetch(_THEIRS, people=people) if people else []


async def _put(borrower_id: UUID, stopped_at: datetime | None, wrong_number: str) -> int:
    """Write down since when somebody wants no messages, and which number is not theirs."""
    [row] = await db.fetch(
        _WRITE,
        id=new_id(),
        borrower=borrower_id,
        stopped_at=stopped_at,
        barest=False,
        wrong_number=wrong_number,
    )
    return int(row["version"])
