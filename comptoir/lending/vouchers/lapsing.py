"""What was set aside and not fetched is free again by itself, at the end of its last day."""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.core import audit, db
from comptoir.core.i18n import lazy as _l
from comptoir.core.jobs import Job, Turn
from comptoir.core.principal import SYSTEM
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers.statuses import VoucherStatus

#: Changed in one transaction: few enough that nobody at a desk waits for it.
AT_ONCE = 200

#: Or for whom it was is not known any more. At another desk's hands, it has its turn next time.
_OVER = """
SELECT voucher.id, voucher.site, kind.names,
       (SELECT reserved.borrower FROM lending_voucher_reservation reserved
        WHERE reserved.voucher = voucher.id) AS "borrower [UUID]"
FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE voucher.status = 'reserved'
  AND (voucher.reserved_until <= :now OR NOT EXISTS (
       SELECT 1 FROM lending_voucher_reservation whose WHERE whose.voucher = voucher.id))
ORDER BY voucher.id LIMIT :limit
"""
_FREE = """
UPDATE inventory_voucher
SET status = 'available', reserved_until = NULL, version = version + 1 WHERE id IN :ids
"""
_FORGET = "DELETE FROM lending_voucher_reservation WHERE voucher IN :ids"
#: What has expired or is void is set aside for nobody. The table is short: it is read whole.
FORGET_ENDED = """
DELETE FROM lending_voucher_reservation WHERE NOT EXISTS (
    SELECT 1 FROM inventory_voucher voucher
    WHERE voucher.id = lending_voucher_reservation.voucher AND voucher.status = 'reserved')
"""


async def lapse(*, now: datetime) -> int:
    """Free what was set aside until now, or for somebody who is known no more; give how many.

    For whom something was aside is forgotten where it has expired or is void.
    """
    done = AT_ONCE
    total = 0
    while done == AT_ONCE:
        done = await _some(now=now)
        total += done
    async with db.transaction():
        await db.execute(FORGET_ENDED)
    return total


async def _some(*, now: datetime) -> int:
    async with db.transaction():
        rows = await db.fetch(_OVER + db.for_update_of_free("voucher"), now=now, limit=AT_ONCE)
        if rows:
            ids = [row["id"] for row in rows]
            await db.execute(_FREE, ids=ids)
            await db.execute(_FORGET, ids=ids)
            await audit.record_many([_trail(row, now=now) for row in rows])
    return len(rows)


def _trail(row: db.Row, *, now: datetime) -> dict[str, object]:
    return audit.values(
        SYSTEM,
        "voucher.reservation_lapsed",
        "voucher",
        row["id"],
        now=now,
        related=(row["borrower"],),
        site_id=row["site"],
        changes={
            "kind": read_names(row["names"]),
            "status": [VoucherStatus.RESERVED, VoucherStatus.AVAILABLE],
        },
    )


async def _run(turn: Turn) -> None:
    await lapse(now=turn.now)


LAPSING = Job(
    "lending.lapse_reservations",
    _l("Free vouchers that were set aside"),
    every=timedelta(minutes=5),
    longest=timedelta(minutes=5),
    run=_run,
)
