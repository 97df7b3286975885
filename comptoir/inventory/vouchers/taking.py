"""Take one voucher of the stock, for whoever is given it: inside the caller's transaction.

First to be given is what must be activated first, then what came first. On PostgreSQL
each of many who ask at once takes another row, and none waits. Only who finds nothing
free waits for what others hold at that moment: it may come back.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from comptoir.core import db, vault
from comptoir.core.clock import localtime
from comptoir.inventory.vouchers.statuses import VoucherStatus

_COLUMNS = """
SELECT voucher.id, voucher.kind, voucher.site, voucher.status, voucher.activate_by,
       voucher.reserved_until, voucher.hint, voucher.key
FROM inventory_voucher voucher
"""
# Two statements, as the engines do not agree where an index has its nulls.
_FREE = f"""
{_COLUMNS}
WHERE voucher.site = :site_id AND voucher.kind = :kind_id AND voucher.status = 'available'
  AND voucher.activate_by >= :today
ORDER BY voucher.activate_by, voucher.id LIMIT 1
"""
_FREE_WITHOUT_DATE = f"""
{_COLUMNS}
WHERE voucher.site = :site_id AND voucher.kind = :kind_id AND voucher.status = 'available'
  AND voucher.activate_by IS NULL
ORDER BY voucher.id LIMIT 1
"""

#: Gives what was taken to somebody, as a part of a larger write.
ISSUE = """
UPDATE inventory_voucher
SET status = 'issued', issued_at = :now, reserved_until = NULL, version = version + 1
WHERE id = :voucher_id
"""
#: The way back: it lies where it lay before.
PUT_BACK = """
UPDATE inventory_voucher
SET status = 'available', issued_at = NULL, version = version + 1
WHERE id = :voucher_id
"""


class Taken(msgspec.Struct, frozen=True):
    """A voucher whose row is locked, as it stands. ``key``: the name of what it is sealed with."""

    id: UUID
    kind_id: UUID
    site_id: UUID
    status: VoucherStatus
    activate_by: date | None
    reserved_until: datetime | None
    hint: str
    key: str

    def need_key(self) -> None:
        """Refuse to give what this program could not show afterwards.

        Raises:
            KeyMissing: its key is not among those given.
        """
        vault.current().key(self.key)


async def choose(*, site_id: UUID, kind_id: UUID, time_zone: str, now: datetime) -> Taken | None:
    """The voucher of a kind that a site gives next; None where none is left.

    ``time_zone`` is the kind's: what had to be activated by yesterday, there, is left out.
    """
    values = {"site_id": site_id, "kind_id": kind_id}
    today = localtime(now, time_zone).date()
    locks = [db.for_update_of_free("voucher")]
    if not db.writers_take_turns():
        locks.append(db.for_update("voucher"))
    for lock in locks:
        row = await db.fetch_one(_FREE + lock, today=today, **values)
        row = row or await db.fetch_one(_FREE_WITHOUT_DATE + lock, **values)
        if row is not None:
            return _taken(row)
    return None


async def hold(voucher_id: UUID) -> Taken | None:
    """This very voucher, wherever and however it is; None where there is none."""
    row = await db.fetch_one(
        f"{_COLUMNS} WHERE voucher.id = :id" + db.for_update("voucher"), id=voucher_id
    )
    return _taken(row) if row else None


def is_past(activate_by: date | None, time_zone: str, *, now: datetime) -> bool:
    """Whether the last day to activate it is over, on the operator's calendar."""
    return activate_by is not None and activate_by < localtime(now, time_zone).date()


def _taken(row: db.Row) -> Taken:
    return Taken(
        id=row["id"],
        kind_id=row["kind"],
        site_id=row["site"],
        status=VoucherStatus(row["status"]),
        activate_by=row["activate_by"],
        reserved_until=row["reserved_until"],
        hint=row["hint"],
        key=row["key"],
    )
