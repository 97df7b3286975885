"""What happens to a voucher that is in stock or was given: activated, or void.

Choosing one for somebody, and who brings what back, are lending's;
what is sent to another site is in ``transfers``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.permissions import need_manager
from comptoir.inventory.vouchers.life import VoucherAction
from comptoir.inventory.vouchers.statuses import VoidReason, VoucherStatus
from comptoir.inventory.vouchers.steps import Step, lock_voucher, take_step, take_steps
from comptoir.inventory.vouchers.validity import expires_at, today_at

#: Who says that a voucher is in use, where its trail has to tell.
OPERATOR = "operator"

#: Given anew, it takes another one's place, or none: the trail keeps whose it took before.
_REPLACES_NONE = "UPDATE inventory_voucher SET replaced_by = NULL WHERE replaced_by = :id"
_REPLACED = "UPDATE inventory_voucher SET replaced_by = :other WHERE id = :id"


async def activate_voucher(
    actor: Principal, voucher_id: UUID, *, activated_at: datetime | None = None, now: datetime
) -> None:
    """Somebody began to use a voucher: now, or when an operator's list says so.

    From then on its days are counted, to a midnight of the operator's.

    Raises:
        VoucherNotFound: there is none that the actor may know of.
        VoucherActionRefused: it was not given to anybody, was activated before, or has ended.
    """
    async with db.transaction():
        await activate(actor, await lock_voucher(actor, voucher_id), activated_at or now, now=now)


async def activate(
    actor: Principal, voucher: db.Row, activated_at: datetime, *, now: datetime
) -> None:
    """``activate_voucher`` for a row that is locked, in the transaction of whoever calls."""
    await take_steps(actor, [_in_use(voucher, activated_at)], VoucherAction.ACTIVATE, now=now)


async def activate_as_told(
    actor: Principal, vouchers: Sequence[tuple[db.Row, datetime]], *, now: datetime
) -> None:
    """``activate`` for many at once, each from the moment that the operator's file says.

    Raises:
        VoucherActionRefused: one was not given to anybody, was activated before, or has ended.
    """
    steps = [_in_use(voucher, activated_at) for voucher, activated_at in vouchers]
    said = {"source": [None, OPERATOR]}
    await take_steps(actor, steps, VoucherAction.ACTIVATE, now=now, changes=said)


def _in_use(voucher: db.Row, activated_at: datetime) -> Step:
    ends_at = expires_at(activated_at, voucher["validity_days"], voucher["time_zone"])
    return Step(voucher, {"activated_at": activated_at, "expires_at": ends_at})


async def void_voucher(
    actor: Principal, voucher_id: UUID, reason: VoidReason, *, now: datetime
) -> None:
    """Nobody will be given, or go on with, this voucher.

    Raises:
        VoucherNotFound: there is none that the actor may know of.
        VoucherActionRefused: it has ended already.
        CoordinatorNeeded: the actor is no coordinator of its site.
    """
    async with db.transaction():
        voucher = await lock_voucher(actor, voucher_id)
        need_manager(actor, voucher["site"])
        await void(actor, voucher, reason, now=now)


async def void(actor: Principal, voucher: db.Row, reason: VoidReason, *, now: datetime) -> None:
    """``void_voucher`` for a row that is locked, in the transaction of whoever calls."""
    await take_step(
        actor,
        voucher,
        VoucherAction.VOID,
        now=now,
        changes={"reason": [None, reason]},
        void_reason=reason,
        ended_at=now,
    )


async def take_back(
    actor: Principal, voucher: db.Row, *, now: datetime, related: tuple[UUID | None, ...] = ()
) -> VoucherStatus:
    """A locked voucher came back unopened: it can be given again, or is past its day.

    Gives where it stands then.

    Raises:
        VoucherActionRefused: nobody has it, or it is in use.
    """
    last_day = voucher["activate_by"]
    is_past = last_day is not None and last_day < today_at(now, voucher["time_zone"])
    if not is_past:
        await take_step(actor, voucher, VoucherAction.TAKE_BACK, now=now, related=related)
        await db.execute(_REPLACES_NONE, id=voucher["id"])
        return VoucherStatus.AVAILABLE
    await take_step(
        actor,
        voucher,
        VoucherAction.TAKE_BACK_LATE,
        now=now,
        related=related,
        ended_at=now,
        issued_at=None,
    )
    return VoucherStatus.EXPIRED


async def void_for_another(
    actor: Principal,
    voucher: db.Row,
    other: UUID,
    *,
    now: datetime,
    related: tuple[UUID | None, ...] = (),
) -> None:
    """A locked voucher does not work, and ``other`` takes its place.

    Raises:
        VoucherActionRefused: it has ended already.
    """
    await take_step(
        actor,
        voucher,
        VoucherAction.VOID,
        now=now,
        related=(*related, other),
        changes={"reason": [None, VoidReason.FAULTY]},
        void_reason=VoidReason.FAULTY,
        ended_at=now,
    )
    await db.execute(_REPLACED, id=voucher["id"], other=other)
