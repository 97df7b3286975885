"""What is written to whom, and when, for other programs."""

from __future__ import annotations

from uuid import UUID

from comptoir.core.api import Call, get, put
from comptoir.lending.errors import BorrowerNotFound
from comptoir.notifications.errors import WishChanged
from comptoir.notifications.reminders import wishes
from comptoir.notifications.reminders.wishes import SaveWish, WishView

TAG = "Messages"


@get(
    "/borrowers/{borrower_id:uuid}/message-wish",
    scopes=("read", "desk", "borrowers"),
    tag=TAG,
    errors=(BorrowerNotFound,),
)
async def read_wish(call: Call, borrower_id: UUID) -> WishView:
    """Read how a borrower wants to be written to."""
    return await wishes.read_wish(call.actor, borrower_id)


@put(
    "/borrowers/{borrower_id:uuid}/message-wish",
    scopes=("desk", "borrowers"),
    tag=TAG,
    errors=(BorrowerNotFound, WishChanged),
)
async def save_wish(call: Call, borrower_id: UUID, data: SaveWish) -> WishView:
    """Write down how a borrower wants to be written to.

    What waits to be sent obeys it, too.
    """
    await wishes.save_wish(call.actor, borrower_id, data, version=call.version, now=call.now)
    return await wishes.read_wish(call.actor, borrower_id)


ROUTES = [read_wish, save_wish]
