"""One step of a voucher: asked of its life, written to its row, told, and put into the trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import audit, db, events
from comptoir.core.principal import Principal
from comptoir.inventory.vouchers.errors import VoucherActionRefused, VoucherNotFound
from comptoir.inventory.vouchers.events import VoucherStatusChanged
from comptoir.inventory.vouchers.life import VoucherAction, next_status
from comptoir.inventory.vouchers.statuses import VoucherStatus

_LOCK = """
SELECT voucher.id, voucher.kind, voucher.batch, voucher.site, voucher.status,
       voucher.activate_by, voucher.issued_at, voucher.activated_at, voucher.expires_at,
       voucher.transfer, kind.medium, kind.validity_days, kind.time_zone
FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE voucher.id = :id
"""
#: What each step leaves behind. A voucher that is available again has no past use.
_UPDATE = """
UPDATE inventory_voucher
SET status = :status, version = version + 1, reserved_until = :reserved_until,
    issued_at = :issued_at, activated_at = :activated_at, expires_at = :expires_at,
    ended_at = :ended_at, void_reason = :void_reason
WHERE id = :id
"""
_TRAIL = {
    VoucherAction.RESERVE: "voucher.reserved",
    VoucherAction.RELEASE: "voucher.released",
    VoucherAction.SEND: "voucher.sent",
    VoucherAction.RECEIVE: "voucher.received",
    VoucherAction.ISSUE: "voucher.issued",
    VoucherAction.TAKE_BACK: "voucher.taken_back",
    VoucherAction.TAKE_BACK_LATE: "voucher.taken_back_late",
    VoucherAction.ACTIVATE: "voucher.activated",
    VoucherAction.EXPIRE: "voucher.expired",
    VoucherAction.VOID: "voucher.voided",
}


async def lock_voucher(actor: Principal, voucher_id: UUID) -> db.Row:
    """A voucher's row with what its kind says, locked until the end of the transaction.

    Raises:
        VoucherNotFound: there is none that the actor may know of.
    """
    row = await db.fetch_one(_LOCK + db.for_update("voucher"), id=voucher_id)
    if row is None or not actor.sees_site(row["site"]):
        raise VoucherNotFound
    return row


async def take_step(
    actor: Principal,
    voucher: db.Row,
    action: VoucherAction,
    *,
    now: datetime,
    related: tuple[UUID | None, ...] = (),
    changes: dict[str, Any] | None = None,
    **columns: Any,
) -> None:
    """Take a step with a row of ``lock_voucher``; its audit row never says whose it is or a code.

    ``columns`` are those that the step sets beside the status.

    Raises:
        VoucherActionRefused: its status does not allow it.
    """
    before = VoucherStatus(voucher["status"])
    after = next_status(action, before)
    if after is None:
        raise VoucherActionRefused(action, before)
    values: dict[str, Any] = {
        "reserved_until": None,
        "issued_at": voucher["issued_at"],
        "activated_at": voucher["activated_at"],
        "expires_at": voucher["expires_at"],
        "ended_at": None,
        "void_reason": "",
    }
    if after is VoucherStatus.AVAILABLE:
        values |= {"issued_at": None}
    await db.execute(_UPDATE, id=voucher["id"], status=after, **(values | columns))
    await events.publish(
        VoucherStatusChanged(voucher["id"], voucher["site"], before, after, actor, now)
    )
    await audit.record(
        actor,
        _TRAIL[action],
        "voucher",
        voucher["id"],
        now=now,
        related=related,
        site_id=voucher["site"],
        changes={"status": [before, after], **(changes or {})},
    )
