"""What to say where a code names nothing: told apart only after the read found no row."""

from __future__ import annotations

from comptoir.core import db
from comptoir.inventory import codes
from comptoir.lending.refusals import Refusal
from comptoir.lending.scans import UnknownCodeNamed, refuse_text


async def refuse_unknown(item: str, card: str | None = None) -> Refusal:
    """The refusal of whichever code nothing carries: the item's, or else the card's.

    A return has no ``card``: then it is the item's.
    """
    unknown = item
    if card is not None:
        found = await db.fetch_one("SELECT id FROM inventory_item WHERE code = :code", code=item)
        unknown = item if found is None else card
    return refuse_text(UnknownCodeNamed(codes.display(unknown)))
