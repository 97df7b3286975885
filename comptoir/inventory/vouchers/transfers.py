"""Part of a batch goes to another site, and somebody there says what arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.vault import Untold
from comptoir.inventory.errors import SameSite
from comptoir.inventory.permissions import need_manager
from comptoir.inventory.vouchers.drawer_errors import (
    CodesUnknown,
    DifferenceUnexplained,
    TooFewVouchers,
    VoucherTransferBegun,
    VoucherTransferNotFound,
    VoucherTransferOver,
)
from comptoir.inventory.vouchers.errors import (
    VoucherBatchNotFound,
    explanation_of,
)
from comptoir.inventory.vouchers.scanned import Reading, counting_guesses, found, found_among
from comptoir.inventory.vouchers.statuses import Medium, VoidReason
from comptoir.inventory.vouchers.steps import void_together
from comptoir.sites import queries as sites

#: Sent at once: a parcel. More go as several.
MOST_AT_ONCE = 1_000

_CHOOSE = """
SELECT voucher.id FROM inventory_voucher voucher
WHERE voucher.batch = :batch AND voucher.site = :site AND voucher.status = 'available'
ORDER BY voucher.id LIMIT :quantity
"""
_FREE = """
SELECT voucher.id FROM inventory_voucher voucher
WHERE voucher.batch = :batch AND voucher.site = :site AND voucher.status = 'available'
      AND voucher.id IN :ids
ORDER BY voucher.id
"""
_BATCH = """
SELECT kind.medium, kind.dial FROM inventory_voucher_batch batch
JOIN inventory_voucher_kind kind ON kind.id = batch.kind WHERE batch.id = :id
"""
_SEND = """
UPDATE inventory_voucher SET status = 'in_transit', transfer = :transfer, version = version + 1
WHERE id IN :ids
"""
_TRANSFER = """
INSERT INTO inventory_voucher_transfer (id, batch, from_site, to_site, quantity, sent_at)
VALUES (:id, :batch, :from_site, :to_site, :quantity, :now)
"""
_LOCK = """
SELECT transfer.id, transfer.from_site, transfer.to_site, transfer.quantity, transfer.arrived,
       transfer.arrived_at, transfer.explanation, kind.medium, kind.dial
FROM inventory_voucher_transfer transfer
JOIN inventory_voucher_batch batch ON batch.id = transfer.batch
JOIN inventory_voucher_kind kind ON kind.id = batch.kind
WHERE transfer.id = :id
"""
_UNDERWAY = """
SELECT voucher.id FROM inventory_voucher voucher
WHERE voucher.transfer = :transfer AND voucher.status = 'in_transit' ORDER BY voucher.id
"""
_RECEIVE = """
UPDATE inventory_voucher
SET status = 'available', site = :site, transfer = NULL, version = version + 1 WHERE id IN :ids
"""
_CALL_BACK = """
UPDATE inventory_voucher SET status = 'available', transfer = NULL, version = version + 1
WHERE id IN :ids
"""
_COMING = """
SELECT transfer.to_site AS site, COUNT(DISTINCT transfer.id) AS number
FROM inventory_voucher voucher
JOIN inventory_voucher_transfer transfer ON transfer.id = voucher.transfer
WHERE voucher.transfer IS NOT NULL AND voucher.status = 'in_transit' AND transfer.to_site IN :sites
GROUP BY transfer.to_site
"""
_ARRIVED = """
UPDATE inventory_voucher_transfer
SET arrived = COALESCE(arrived, 0) + :arrived, arrived_at = COALESCE(arrived_at, :now),
    explanation = :explanation
WHERE id = :id
"""


class SendVouchers(Untold, frozen=True, forbid_unknown_fields=True):
    """So many of a batch, as they lie at one site, to another; or those that were scanned."""

    batch: UUID
    from_site: UUID
    to_site: UUID
    quantity: int = 0
    codes: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_AT_ONCE)] | None = None


async def send_vouchers(actor: Principal, command: SendVouchers, *, now: datetime) -> UUID:
    """Put vouchers on their way; until they have arrived, nobody can be given one.

    Raises:
        SiteNotFound: there is no such site, or the actor may not know of the first.
        CoordinatorNeeded: the actor is no coordinator of the site they leave.
        SameSite: they are there already.
        VoucherBatchNotFound: there is no such batch.
        TooFewVouchers: there are not as many of it free at the site, or it is none or too many.
        CodesUnknown: a code was scanned that is of none of those.
    """
    async with counting_guesses(actor, command.codes, now=now), db.transaction():
        await sites.need_in_sight(actor, command.from_site)
        need_manager(actor, command.from_site)
        await sites.need_site(command.to_site)
        if command.from_site == command.to_site:
            raise SameSite
        batch = await db.fetch_one(_BATCH, id=command.batch)
        if batch is None:
            raise VoucherBatchNotFound
        chosen = (
            await _choose(command)
            if command.codes is None
            else await _scanned(command, Reading(Medium(batch["medium"]), batch["dial"]))
        )
        transfer_id = new_id()
        await db.execute(
            _TRANSFER,
            id=transfer_id,
            batch=command.batch,
            from_site=command.from_site,
            to_site=command.to_site,
            quantity=len(chosen),
            now=now,
        )
        await db.execute(_SEND, transfer=transfer_id, ids=chosen)
        await _record(actor, "voucher.sent", chosen, transfer_id, command.from_site, now=now)
    return transfer_id


async def _choose(command: SendVouchers) -> list[UUID]:
    possible = 0 < command.quantity <= MOST_AT_ONCE
    rows = await db.fetch(
        _CHOOSE + db.for_update("voucher"),
        batch=command.batch,
        site=command.from_site,
        quantity=command.quantity if possible else MOST_AT_ONCE,
    )
    if not possible or len(rows) < command.quantity:
        raise TooFewVouchers(len(rows))
    return [row["id"] for row in rows]


async def _scanned(command: SendVouchers, reading: Reading) -> list[UUID]:
    codes = command.codes or ()
    if not 0 < len(codes) <= MOST_AT_ONCE:
        raise TooFewVouchers(MOST_AT_ONCE)
    which = sorted(set((await found(codes, reading)).values()))
    if not which:
        raise CodesUnknown(range(1, len(codes) + 1))
    rows = await db.fetch(
        _FREE + db.for_update("voucher"), batch=command.batch, site=command.from_site, ids=which
    )
    return sorted(await found_among(codes, {row["id"] for row in rows}, reading))


async def receive_vouchers(
    actor: Principal,
    transfer_id: UUID,
    *,
    codes: Sequence[str] | None = None,
    explanation: str = "",
    now: datetime,
) -> int:
    """Say that vouchers have arrived: all of them, or those whose codes were scanned.

    What did not arrive stays on its way, and can be received later or given up
    (``give_up``). Why it is fewer is asked for once. Gives how many are still on their way.

    Raises:
        VoucherTransferNotFound: there is none to a site of the actor's.
        VoucherTransferOver: nothing of it is on its way any more.
        CodesUnknown: a code was scanned that is not of this transfer.
        TooManyUnknown: the actor scanned many such.
        CodesWithUserNames: they are passwords, which are not found by themselves.
        DifferenceUnexplained: fewer arrived than were sent, and nothing is said of why.
    """
    async with counting_guesses(actor, codes, now=now), db.transaction():
        transfer, underway = await _lock(actor, transfer_id)
        if not actor.sees_site(transfer["to_site"]):
            raise VoucherTransferNotFound
        reading = Reading(Medium(transfer["medium"]), transfer["dial"])
        arrived = underway if codes is None else await found_among(codes, underway, reading)
        missing = len(underway) - len(arrived)
        said = explanation_of(explanation) or transfer["explanation"]
        if missing and not said:
            raise DifferenceUnexplained
        if arrived:
            await db.execute(_RECEIVE, site=transfer["to_site"], ids=list(arrived))
        await db.execute(_ARRIVED, id=transfer_id, arrived=len(arrived), explanation=said, now=now)
        await _record(
            actor, "voucher.received", list(arrived), transfer_id, transfer["to_site"], now=now
        )
    return missing


async def give_up(actor: Principal, transfer_id: UUID, *, now: datetime) -> int:
    """What is still on its way will not come: it is void, as lost. Gives how many these are.

    Raises:
        VoucherTransferNotFound: there is none of a site of the actor's.
        VoucherTransferOver: nothing of it is on its way any more.
        CoordinatorNeeded: the actor is coordinator of neither site.
    """
    async with db.transaction():
        transfer, underway = await _lock(actor, transfer_id)
        need_manager(actor, transfer["from_site"], transfer["to_site"])
        await void_together(actor, underway, VoidReason.LOST, now=now)
    return len(underway)


async def call_back(actor: Principal, transfer_id: UUID, *, now: datetime) -> int:
    """Take back a parcel of which nothing has arrived: its vouchers lie where they lay before.

    Gives how many these are.

    Raises:
        VoucherTransferNotFound: there is none of a site of the actor's.
        VoucherTransferOver: nothing of it is on its way any more.
        CoordinatorNeeded: the actor is no coordinator of the site that they left.
        VoucherTransferBegun: some of it has arrived.
    """
    async with db.transaction():
        transfer, underway = await _lock(actor, transfer_id)
        need_manager(actor, transfer["from_site"])
        if transfer["arrived"]:
            raise VoucherTransferBegun
        await db.execute(_CALL_BACK, ids=underway)
        await _record(
            actor, "voucher.called_back", underway, transfer_id, transfer["from_site"], now=now
        )
    return len(underway)


async def parcels_by_site(site_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many parcels wait to be confirmed at each of these sites; none where none does."""
    if not site_ids:
        return {}
    rows = await db.fetch(_COMING, sites=list(site_ids))
    return {row["site"]: row["number"] for row in rows}


async def _lock(actor: Principal, transfer_id: UUID) -> tuple[db.Row, list[UUID]]:
    transfer = await db.fetch_one(_LOCK + db.for_update("transfer"), id=transfer_id)
    if transfer is None or not (
        actor.sees_site(transfer["to_site"])
        or actor.has_role(Role.COORDINATOR, transfer["from_site"])
    ):
        raise VoucherTransferNotFound
    rows = await db.fetch(_UNDERWAY + db.for_update("voucher"), transfer=transfer_id)
    if not rows:
        raise VoucherTransferOver
    return transfer, [row["id"] for row in rows]


async def _record(
    actor: Principal,
    action: str,
    vouchers: Sequence[UUID],
    transfer_id: UUID,
    site_id: UUID,
    *,
    now: datetime,
) -> None:
    """One row for each voucher, and one for the parcel."""
    await audit.record_many(
        [
            audit.values(
                actor, action, "voucher", each, now=now, related=(transfer_id,), site_id=site_id
            )
            for each in vouchers
        ]
    )
    await audit.record(
        actor,
        action.replace("voucher.", "voucher_transfer."),
        "voucher_transfer",
        transfer_id,
        now=now,
        site_id=site_id,
        changes={"quantity": [None, len(vouchers)]},
    )
