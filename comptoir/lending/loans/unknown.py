"""What to say where a code names nothing: told apart only after the read found no row."""

from __future__ import annotations

from comptoir.core import db
from comptoir.inventory import codes
from comptoir.lending.refusals import Refusal, RefusalCode


async def refuse_unknown(item: str, card: str | None) -> Refusal:
    """The refusal of whichever code nothing carries: the item's, or else the card's."""
    found = await db.fetch_one("SELECT id FROM inventory_item WHERE code = :code", code=item)
    unknown = item if found is None else card or ""
    return Refusal(RefusalCode.CODE_UNKNOWN, {"code": codes.display(unknown)})
