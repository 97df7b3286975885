"""What somebody who finds an item may know: where it belongs, and nothing else."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.inventory.permissions import SITE_COLUMNS


class FoundItem(msgspec.Struct, frozen=True):
    """The site an item belongs to; ``sites`` are all of its own (``SITE_COLUMNS``)."""

    id: UUID
    home_site: UUID
    sites: dict[str, UUID | None]


async def found_item(code: str) -> FoundItem | None:
    """The item a code names, or None."""
    row = await db.fetch_one(
        "SELECT id, home_site, present_site, destination_site "
        "FROM inventory_item WHERE code = :code",
        code=code,
    )
    if row is None:
        return None
    return FoundItem(row["id"], row["home_site"], {name: row[name] for name in SITE_COLUMNS})
