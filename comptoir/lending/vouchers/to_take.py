"""Which SIM card to take out of the drawer, where a tap has chosen one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.lending.vouchers.undoing import was_aside_until

_READ = """
SELECT voucher.hint, batch.order_number, batch.funder, batch.received_at, site.time_zone
FROM inventory_voucher voucher
JOIN inventory_voucher_batch batch ON batch.id = voucher.batch
JOIN sites_site site ON site.id = voucher.site
WHERE voucher.id = :id
"""


class CardToTake(msgspec.Struct, frozen=True):
    """By what a card is found: the end of its number, and the batch that it came with.

    ``was_aside``: it was set aside for its person, so it lies apart from the others.
    """

    hint: str
    received: date
    order_number: str
    funder: str
    was_aside: bool


async def card_to_take(voucher_id: UUID) -> CardToTake | None:
    """How to find a card; the day is that of its site."""
    row = await db.fetch_one(_READ, id=voucher_id)
    if row is None:
        return None
    received = localtime(row["received_at"], row["time_zone"]).date()
    was_aside = await was_aside_until(voucher_id) is not None
    return CardToTake(row["hint"], received, row["order_number"], row["funder"], was_aside)
