"""One step of a voucher: asked of its life, written to its row, and put into the trail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.principal import Principal
from comptoir.inventory.vouchers.errors import VoucherActionRefused, VoucherNotFound
from comptoir.inventory.vouchers.life import VoucherAction, next_status
from comptoir.inventory.vouchers.statuses import VoidReason, VoucherStatus

_LOCK = """
SELECT voucher.id, voucher.kind, voucher.batch, voucher.site, voucher.status,
       voucher.activate_by, voucher.issued_at, voucher.activated_at, voucher.expires_at,
       voucher.transfer, voucher.hint, voucher.created_at,
       kind.medium, kind.validity_days, kind.time_zone
FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
"""
#: What each step leaves behind. A voucher that is available again has no past use.
_UPDATE = """
WITH step (id, status, reserved_until, issued_at, activated_at, expires_at, ended_at,
           void_reason) AS (
    VALUES (CAST(:id AS uuid), :status, CAST(:reserved_until AS timestamptz),
            CAST(:issued_at AS timestamptz), CAST(:activated_at AS timestamptz),
            CAST(:expires_at AS timestamptz), CAST(:ended_at AS timestamptz), :void_reason))
UPDATE inventory_voucher
SET status = step.status, version = version + 1, reserved_until = step.reserved_until,
    issued_at = step.issued_at, activated_at = step.activated_at, expires_at = step.expires_at,
    ended_at = step.ended_at, void_reason = step.void_reason, transfer = NULL
FROM step WHERE inventory_voucher.id = step.id
"""
#: Both engines take many more ids in a statement; it is compiled for each length.
_AT_ONCE = 1000
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
    row = await db.fetch_one(
        f"{_LOCK} WHERE voucher.id = :id" + db.for_update("voucher"), id=voucher_id
    )
    if row is None or not actor.sees_site(row["site"]):
        raise VoucherNotFound
    return row


async def vouchers_by_id(ids: Sequence[UUID], *, locked: bool) -> dict[UUID, db.Row]:
    """Rows as ``lock_voucher`` gives them, of whatever site; locked, if need be, in one order."""
    found: dict[UUID, db.Row] = {}
    ordered = sorted(ids)
    lock = db.for_update("voucher") if locked else ""
    for first in range(0, len(ordered), _AT_ONCE):
        rows = await db.fetch(
            f"{_LOCK} WHERE voucher.id IN :ids ORDER BY voucher.id{lock}",
            ids=ordered[first : first + _AT_ONCE],
        )
        found |= {row["id"]: row for row in rows}
    return found


class Step(msgspec.Struct, frozen=True):
    """A voucher that is locked, what the step sets of it beside the status, what it concerns."""

    voucher: db.Row
    columns: dict[str, Any] = {}
    related: tuple[UUID | None, ...] = ()


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
    step = Step(voucher, columns)
    await take_steps(actor, [step], action, now=now, related=related, changes=changes)


async def take_steps(
    actor: Principal,
    steps: Sequence[Step],
    action: VoucherAction,
    *,
    now: datetime,
    related: tuple[UUID | None, ...] = (),
    changes: dict[str, Any] | None = None,
) -> None:
    """``take_step`` for many vouchers at once: each has its audit row.

    Raises:
        VoucherActionRefused: the status of one does not allow it.
    """
    updates, trail = [], []
    for step in steps:
        voucher = step.voucher
        before, after = _statuses(voucher, action)
        updates.append(_values(voucher, after) | step.columns)
        trail.append(
            audit.values(
                actor,
                _TRAIL[action],
                "voucher",
                voucher["id"],
                now=now,
                related=(*related, *step.related),
                site_id=voucher["site"],
                changes={"status": [before, after], **(changes or {})},
            )
        )
    await db.update_many(_UPDATE, updates)
    await audit.record_many(trail)


def _statuses(voucher: db.Row, action: VoucherAction) -> tuple[VoucherStatus, VoucherStatus]:
    before = VoucherStatus(voucher["status"])
    after = next_status(action, before)
    if after is None:
        raise VoucherActionRefused(action, before)
    return before, after


def _values(voucher: db.Row, after: VoucherStatus) -> dict[str, Any]:
    """What is in the row after a step that sets nothing beside the status."""
    is_new = after is VoucherStatus.AVAILABLE
    return {
        "id": voucher["id"],
        "status": after,
        "reserved_until": None,
        "issued_at": None if is_new else voucher["issued_at"],
        "activated_at": voucher["activated_at"],
        "expires_at": voucher["expires_at"],
        "ended_at": None,
        "void_reason": "",
    }


async def void_together(
    actor: Principal, ids: Sequence[UUID], reason: VoidReason, *, now: datetime
) -> None:
    """The step to void for many vouchers at once; each parcel that some were in has a row too.

    Raises:
        VoucherActionRefused: one of them has ended already.
    """
    rows = (await vouchers_by_id(ids, locked=True)).values()
    columns = {"void_reason": reason, "ended_at": now}
    # One that is in no parcel any more has none in its row.
    parcels = Counter((row["transfer"], row["site"]) for row in rows if row["transfer"])
    await take_steps(
        actor,
        [Step(row, columns, (row["transfer"],)) for row in rows],
        VoucherAction.VOID,
        now=now,
        changes={"reason": [None, reason]},
    )
    await audit.record_many(
        [
            audit.values(
                actor,
                "voucher_transfer.voided",
                "voucher_transfer",
                parcel,
                now=now,
                site_id=site,
                changes={"quantity": [None, number]},
            )
            for (parcel, site), number in parcels.items()
        ]
    )
