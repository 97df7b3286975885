"""A batch that was taken in wrongly: what is said of it is corrected, or it goes out again whole.

The batch is locked first, then its vouchers by their ids; whoever gives, moves or shows one of
them locks that, and either comes before or finds it gone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.clock import localtime
from comptoir.core.errors import Invalid
from comptoir.core.plain_text import clean_line
from comptoir.core.principal import Principal
from comptoir.inventory.errors import Changed
from comptoir.inventory.permissions import need_manager
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.errors import BatchUse, VoucherBatchNotFound, VoucherBatchUsed
from comptoir.inventory.vouchers.schemas import BatchView, ChangeBatch
from comptoir.inventory.vouchers.validation import batch_errors

_LOCK = "SELECT version, quantity FROM inventory_voucher_batch WHERE id = :id"
_CHANGE = """
UPDATE inventory_voucher_batch
SET funder = :funder, order_number = :order_number, activate_by = :activate_by,
    cost_cents = :cost_cents, currency = :currency, version = version + 1
WHERE id = :id
"""
_LOCK_VOUCHERS = "SELECT id FROM inventory_voucher WHERE batch = :id ORDER BY id"
#: What was begun, or has ended, keeps the date by which it was.
_CHANGE_VOUCHERS = """
UPDATE inventory_voucher SET activate_by = :activate_by
WHERE batch = :id AND status IN ('available', 'reserved', 'in_transit', 'issued')
"""
#: Every step of a voucher is in the trail, whatever became of it later. (Its version tells less:
#: another key changes that too.) Whoever counted the drawer since the first came counted these.
_USES = """
SELECT EXISTS (SELECT 1 FROM inventory_voucher_transfer transfer
               WHERE transfer.batch = :id) AS "moved [BOOLEAN]",
       (EXISTS (SELECT 1 FROM inventory_voucher voucher
                WHERE voucher.batch = :id AND voucher.status <> 'available')
        OR EXISTS (SELECT 1 FROM inventory_voucher voucher
                   JOIN core_audit_event event ON event.subject_id = voucher.id
                   WHERE voucher.batch = :id
                     AND event.action NOT IN ('voucher.revealed', 'voucher.not_found')))
           AS "given [BOOLEAN]",
       EXISTS (SELECT 1 FROM inventory_voucher_count counted
               JOIN inventory_voucher_batch batch
                 ON batch.site = counted.site AND batch.kind = counted.kind
               WHERE batch.id = :id
                 AND counted.counted_at >= (SELECT MIN(voucher.created_at)
                                            FROM inventory_voucher voucher
                                            WHERE voucher.batch = :id))
           AS "counted [BOOLEAN]",
       EXISTS (SELECT 1 FROM inventory_voucher voucher
               JOIN core_audit_event event ON event.subject_id = voucher.id
               WHERE voucher.batch = :id AND event.action = 'voucher.revealed')
           AS "shown [BOOLEAN]"
"""
_TAKE_OUT = (
    "DELETE FROM inventory_voucher_mark WHERE voucher IN "
    "(SELECT id FROM inventory_voucher WHERE batch = :id)",
    "DELETE FROM inventory_voucher WHERE batch = :id",
    "DELETE FROM inventory_voucher_batch WHERE id = :id",
)


async def change_batch(
    actor: Principal, batch_id: UUID, command: ChangeBatch, *, version: int, now: datetime
) -> None:
    """Correct what is said of a batch that was read at ``version``.

    Another date holds for its vouchers at every site that nobody has begun to use. One that has
    passed is refused, unless the batch had it before.

    Raises:
        VoucherBatchNotFound: there is none that the actor may know of.
        CoordinatorNeeded: the actor is no coordinator of the site that it came to.
        Invalid: a field is wrong.
        Changed: somebody changed it, or added to it, since.
    """
    before = await queries.batch(actor, batch_id)
    need_manager(actor, before.site.id)
    kind = await queries.kind(before.kind.id)
    command = msgspec.structs.replace(
        command,
        funder=clean_line(command.funder),
        order_number=clean_line(command.order_number),
    )
    errors = batch_errors(
        command,
        today=localtime(now, kind.time_zone).date(),
        kept=before.activate_by,
    )
    if errors:
        raise Invalid(errors)
    async with db.transaction():
        locked = await db.fetch_one(_LOCK + db.for_update("inventory_voucher_batch"), id=batch_id)
        if locked is None or locked["version"] != version or before.version != version:
            raise Changed
        await db.execute(_CHANGE, id=batch_id, **msgspec.structs.asdict(command))
        if command.activate_by != before.activate_by:
            await db.fetch(_LOCK_VOUCHERS + db.for_update("inventory_voucher"), id=batch_id)
            await db.execute(_CHANGE_VOUCHERS, id=batch_id, activate_by=command.activate_by)
        await audit.record(
            actor,
            "voucher.batch_changed",
            "voucher_batch",
            batch_id,
            now=now,
            related=(before.kind.id,),
            site_id=before.site.id,
            changes=audit.difference(_said(before), _said(command)),
        )


def _said(batch: BatchView | ChangeBatch) -> dict[str, Any]:
    """What the trail keeps of a batch."""
    values = {name: getattr(batch, name) for name in ChangeBatch.__struct_fields__}
    day: date | None = batch.activate_by
    return values | {"activate_by": day.isoformat() if day else None}


async def use_of(batch_id: UUID) -> BatchUse | None:
    """What became of a batch since it was taken in; None: nothing, so it can go out again."""
    row = await db.fetch_one(_USES, id=batch_id)
    return next((use for use in BatchUse if row and row[use]), None)


async def take_out_batch(actor: Principal, batch_id: UUID, *, quantity: int, now: datetime) -> None:
    """A batch was taken in by mistake: it goes out again with its vouchers, as if it never came.

    Their codes can come in again. ``quantity`` is how many whoever confirmed it knew of.

    Raises:
        VoucherBatchNotFound: there is none that the actor may know of.
        CoordinatorNeeded: the actor is no coordinator of the site that it came to.
        VoucherBatchUsed: something became of it, or of one of its vouchers.
        Changed: there are more of it, or fewer, than that.
    """
    before = await queries.batch(actor, batch_id)
    need_manager(actor, before.site.id)
    async with db.transaction():
        locked = await db.fetch_one(_LOCK + db.for_update("inventory_voucher_batch"), id=batch_id)
        if locked is None:
            raise VoucherBatchNotFound
        # Whoever is giving one at this moment is waited for, and what they did is seen below.
        await db.fetch(_LOCK_VOUCHERS + db.for_update("inventory_voucher"), id=batch_id)
        use = await use_of(batch_id)
        if use is not None:
            raise VoucherBatchUsed(use)
        if locked["quantity"] != quantity:
            raise Changed
        for statement in _TAKE_OUT:
            await db.execute(statement, id=batch_id)
        gone = _said(before) | {"quantity": quantity}
        await audit.record(
            actor,
            "voucher.batch_taken_out",
            "voucher_batch",
            batch_id,
            now=now,
            related=(before.kind.id,),
            site_id=before.site.id,
            changes={name: [value, None] for name, value in gone.items()},
        )
