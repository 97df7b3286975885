"""Vouchers whose time is over expire by themselves, at the operator's midnight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from comptoir.core import audit, db
from comptoir.core.i18n import lazy as _l
from comptoir.core.jobs import Job, Turn
from comptoir.core.principal import SYSTEM
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.validity import today_at

#: Changed in one transaction: few enough that nobody at a desk waits for it.
AT_ONCE = 200

_ZONES = "SELECT DISTINCT time_zone FROM inventory_voucher_kind"
_USED_UP = """
SELECT voucher.id, voucher.site, voucher.status FROM inventory_voucher voucher
WHERE voucher.status = 'activated' AND voucher.expires_at <= :now
ORDER BY voucher.expires_at LIMIT :limit
"""
#: On its way to another site, it expires when it has arrived.
_NEVER_BEGUN = """
SELECT voucher.id, voucher.site, voucher.status FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE voucher.status IN ('available', 'reserved', 'issued')
  AND voucher.activate_by < :today AND kind.time_zone = :zone
ORDER BY voucher.activate_by LIMIT :limit
"""
_EXPIRE = """
UPDATE inventory_voucher
SET status = 'expired', ended_at = :now, reserved_until = NULL, version = version + 1
WHERE id IN :ids
"""


def _never() -> bool:
    return False


async def expire(*, now: datetime, stopping: Callable[[], bool] = _never) -> int:
    """Let expire what was used for as long as it holds, or not begun in time; give how many.

    Several processes share the work: each takes rows that no other has. A voucher that
    somebody gives at this moment has its turn the next time.
    """
    zones = [row["time_zone"] for row in await db.fetch(_ZONES)]
    done = await _all(_USED_UP, stopping, now=now)
    for zone in zones:
        done += await _all(_NEVER_BEGUN, stopping, now=now, today=today_at(now, zone), zone=zone)
    return done


async def _all(sql: str, stopping: Callable[[], bool], *, now: datetime, **values: object) -> int:
    done = 0
    while not stopping():
        some = await _some(sql, now=now, **values)
        done += some
        if some < AT_ONCE:
            break
    return done


async def _some(sql: str, *, now: datetime, **values: object) -> int:
    async with db.transaction():
        rows = await db.fetch(
            sql + db.for_update_of_free("voucher"), now=now, limit=AT_ONCE, **values
        )
        if rows:
            await db.execute(_EXPIRE, now=now, ids=[row["id"] for row in rows])
            await audit.record_many([_trail(row, now=now) for row in rows])
    return len(rows)


def _trail(row: db.Row, *, now: datetime) -> dict[str, object]:
    return audit.values(
        SYSTEM,
        "voucher.expired",
        "voucher",
        row["id"],
        now=now,
        site_id=row["site"],
        changes={"status": [row["status"], VoucherStatus.EXPIRED]},
    )


async def _run(turn: Turn) -> None:
    await expire(now=turn.now, stopping=turn.stopping)


EXPIRING = Job(
    "inventory.expire_vouchers",
    _l("Let vouchers expire"),
    every=timedelta(minutes=15),
    longest=timedelta(minutes=10),
    run=_run,
)
