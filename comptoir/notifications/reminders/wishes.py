"""How somebody wants to be written to: not at all, or as barely as can be."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.core.web.panels import Fill, Panel
from comptoir.lending.borrowers.visibility import find_visible
from comptoir.notifications.errors import WishChanged

_READ = """
SELECT wish.stopped_at, wish.barest, wish.version
FROM notifications_borrower_wish wish WHERE wish.borrower = :borrower
"""
_SAVE = """
INSERT INTO notifications_borrower_wish (id, borrower, stopped_at, barest, version)
VALUES (:id, :borrower, :stopped_at, :barest, 1)
ON CONFLICT (borrower) DO UPDATE
SET stopped_at = excluded.stopped_at, barest = excluded.barest,
    version = notifications_borrower_wish.version + 1
"""


class WishView(msgspec.Struct, frozen=True):
    """What a person wants. `version` is 0 until they have said something.

    `stopped_at` is since when they want no messages; null: they want them.
    """

    stopped_at: datetime | None = None
    barest: bool = False
    version: int = 0


class SaveWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person wants: no messages at all, or such that name neither thing nor place."""

    stopped: bool
    barest: bool


async def read_wish(actor: Principal, borrower_id: UUID) -> WishView:
    """What somebody wants; the usual where they have said nothing.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
    """
    await find_visible(actor, borrower_id)
    return await _read(borrower_id)


async def save_wish(
    actor: Principal, borrower_id: UUID, command: SaveWish, *, version: int, now: datetime
) -> None:
    """Write down what somebody wants. What waits to be sent obeys it, too.

    Raises:
        BorrowerNotFound: as for ``read_wish``.
        WishChanged: somebody, perhaps the person by an SMS, changed it since ``version``.
    """
    async with db.transaction():
        await find_visible(actor, borrower_id, lock=True)
        before = await _read(borrower_id)
        if before.version != version:
            raise WishChanged
        stopped_at = (before.stopped_at or now) if command.stopped else None
        await db.execute(
            _SAVE, id=new_id(), borrower=borrower_id, stopped_at=stopped_at, barest=command.barest
        )
        changes = audit.difference(
            {"stopped": before.stopped_at is not None, "barest": before.barest},
            {"stopped": command.stopped, "barest": command.barest},
        )
        await audit.record(
            actor,
            "borrower.message_wish_changed",
            "borrower",
            borrower_id,
            now=now,
            changes=changes,
        )


async def _read(borrower_id: UUID) -> WishView:
    row = await db.fetch_one(_READ, borrower=borrower_id)
    return WishView(row["stopped_at"], bool(row["barest"]), row["version"]) if row else WishView()


async def panel(about: Fill) -> Panel:
    """On the page of a borrower, for whoever opened it."""
    wish = await _read(about.subject_id)
    return Panel("notifications/_wish.html", {"wish": wish, "borrower_id": about.subject_id})
