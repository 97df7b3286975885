"""A voucher that was set aside for somebody is free again: by hand, or as they may have none.

That it lapses by itself is in ``lapsing``.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers.life import VoucherAction
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.steps import take_step
from comptoir.lending.errors import VoucherReservationNotFound
from comptoir.lending.loans.last_steps import need_time, overtaken

#: With what ``inventory.vouchers.steps`` wants of a voucher.
_READ = """
SELECT voucher.id, voucher.site, voucher.status, voucher.issued_at, voucher.activated_at,
       voucher.expires_at, kind.names, reserved.borrower
FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
LEFT JOIN lending_voucher_reservation reserved ON reserved.voucher = voucher.id
WHERE voucher.id = :voucher_id
""" + db.for_update("voucher")
_FORGET = "DELETE FROM lending_voucher_reservation WHERE voucher = :voucher_id"
_FOR_PERSON = """
SELECT reserved.voucher FROM lending_voucher_reservation reserved
WHERE reserved.borrower = :borrower_id ORDER BY reserved.voucher
"""


async def release_voucher(actor: Principal, voucher_id: UUID, *, now: datetime) -> str:
    """Put what was set aside for somebody back into the drawer; give its kind's name.

    Raises:
        VoucherReservationNotFound: it is set aside for nobody, or the actor may not know of it.
    """
    async with db.transaction():
        return await _release(actor, await _lock(actor, voucher_id), now=now)


async def undo_reservation(actor: Principal, voucher_id: UUID, *, now: datetime) -> str:
    """Put what was set aside a moment ago back into the drawer; give its kind's name.

    Raises:
        VoucherReservationNotFound: as for ``release_voucher``.
        UndoRefused: it was longer ago than ``UNDO_TIME``, or something has come after it.
    """
    async with db.transaction():
        row = await _lock(actor, voucher_id)
        last = next((entry for _, entry in await audit.timeline(voucher_id, limit=1)), None)
        if last is None or last.action != "voucher.reserved":
            raise overtaken()
        need_time(last.at, now)
        return await _release(actor, row, now=now)


async def release_all(actor: Principal, borrower_id: UUID, *, now: datetime) -> None:
    """Nothing is kept for a person any more, at whatever site: they may have nothing for now.

    For whoever has the person's row locked.
    """
    for each in await db.fetch(_FOR_PERSON, borrower_id=borrower_id):
        row = await db.fetch_one(_READ, voucher_id=each["voucher"])
        if row is not None and row["status"] == VoucherStatus.RESERVED:
            await _release(actor, row, now=now)


async def _lock(actor: Principal, voucher_id: UUID) -> db.Row:
    row = await db.fetch_one(_READ, voucher_id=voucher_id)
    if row is None or not actor.sees_site(row["site"]) or row["status"] != VoucherStatus.RESERVED:
        raise VoucherReservationNotFound
    return row


async def _release(actor: Principal, row: db.Row, *, now: datetime) -> str:
    names = read_names(row["names"])
    await db.execute(_FORGET, voucher_id=row["id"])
    await take_step(
        actor,
        row,
        VoucherAction.RELEASE,
        now=now,
        related=(row["borrower"],),
        changes={"kind": names},
    )
    return localized(names)
