"""What is locked until the end of a transaction, in this order: person, site, offer, shift."""

from __future__ import annotations

from uuid import UUID

from comptoir.core import db


async def lock_person(person: UUID) -> None:
    """Let nothing else change what somebody does."""
    await db.fetch(
        "SELECT id FROM core_user WHERE id = :id" + db.for_update("core_user"), id=person
    )


async def lock_site(site_id: UUID) -> None:
    """Let nobody else change the rota of a site.

    Who comes forward looks at all of it: a gap that two fill at one moment would be filled
    twice.
    """
    await db.fetch(
        "SELECT id FROM sites_site WHERE id = :id" + db.for_update("sites_site"), id=site_id
    )


async def lock_shift(shift_id: UUID) -> None:
    """Let nobody else change a shift, nor anything else on the rota of its site."""
    row = await db.fetch_one("SELECT site FROM sites_shift WHERE id = :id", id=shift_id)
    if row is not None:
        await lock_site(row["site"])
    await db.fetch(
        "SELECT id FROM sites_shift WHERE id = :id" + db.for_update("sites_shift"), id=shift_id
    )
