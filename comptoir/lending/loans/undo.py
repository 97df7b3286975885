"""Take the last step back, for a minute after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from comptoir.core import audit, db, events
from comptoir.core.principal import Principal
from comptoir.inventory.statuses import ItemStatus
from comptoir.lending.errors import LoanNotFound, UndoRefused
from comptoir.lending.events import LoanClosed, LoanOpened
from comptoir.lending.refusals import Refusal, RefusalCode

#: For how long a step can be undone. A little longer than the desk shows, for slow lines.
UNDO_TIME = timedelta(seconds=60)
_GRACE = timedelta(seconds=10)

_READ = """
SELECT loan.id, loan.item, loan.borrower, loan.site, loan.checked_out_at, loan.returned_at,
       loan.returned_site, loan.undone_at, item.status, item.code,
       EXISTS (SELECT 1 FROM lending_loan later
               WHERE later.item = loan.item AND later.id > loan.id) AS lent_again
FROM lending_loan loan JOIN inventory_item item ON item.id = loan.item
WHERE loan.id = :loan_id
"""


async def undo_check_out(actor: Principal, loan_id: UUID, *, now: datetime) -> str:
    """Close a loan as if it had never been; give the item's code.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
        UndoRefused: it is open for longer than ``UNDO_TIME``, or closed.
    """
    async with db.transaction():
        row = await _read(actor, loan_id)
        if row["returned_at"] is not None or not _in_time(row["checked_out_at"], now):
            raise UndoRefused(Refusal(RefusalCode.UNDO_TOO_LATE))
        await db.execute(
            "UPDATE lending_loan SET returned_at = :now, returned_site = site, "
            "undone_at = :now, version = version + 1 WHERE id = :loan_id",
            now=now,
            loan_id=loan_id,
        )
        await _set_status(row["item"], ItemStatus.AVAILABLE)
        await _record(actor, "loan.opening-undone", row, now)
        await events.publish(LoanClosed(loan_id=loan_id, at=now))
    code: str = row["code"]
    return code


async def undo_check_in(actor: Principal, loan_id: UUID, *, now: datetime) -> str:
    """Open a loan again that was closed by mistake; give the item's code.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
        UndoRefused: it was closed longer ago than ``UNDO_TIME``, or the item has
            been lent again or set aside since.
    """
    async with db.transaction():
        row = await _read(actor, loan_id)
        movable = row["status"] in (ItemStatus.AVAILABLE, ItemStatus.TO_CHECK)
        if (
            row["returned_at"] is None
            or row["undone_at"] is not None
            or row["lent_again"]
            or not movable
            or not _in_time(row["returned_at"], now)
        ):
            raise UndoRefused(Refusal(RefusalCode.UNDO_TOO_LATE))
        await db.execute(
            "UPDATE lending_loan SET returned_at = NULL, returned_site = NULL, "
            "version = version + 1 WHERE id = :loan_id",
            loan_id=loan_id,
        )
        await _set_status(row["item"], ItemStatus.ON_LOAN)
        await _record(actor, "loan.closing-undone", row, now)
        await events.publish(LoanOpened(loan_id=loan_id, at=now))
    code: str = row["code"]
    return code


async def _read(actor: Principal, loan_id: UUID) -> db.Row:
    row = await db.fetch_one(_READ + db.for_update("item, loan"), loan_id=loan_id)
    if row is None or not (actor.sees_site(row["site"]) or actor.sees_site(row["returned_site"])):
        raise LoanNotFound
    return row


def _in_time(moment: datetime, now: datetime) -> bool:
    return now - moment <= UNDO_TIME + _GRACE


async def _set_status(item_id: UUID, status: ItemStatus) -> None:
    await db.execute(
        "UPDATE inventory_item SET status = :status, version = version + 1 WHERE id = :id",
        status=status.value,
        id=item_id,
    )


async def _record(actor: Principal, action: str, row: db.Row, now: datetime) -> None:
    await audit.record(
        actor,
        action,
        "loan",
        row["id"],
        now=now,
        related=(row["item"], row["borrower"]),
        site_id=row["site"],
        changes={"item": row["code"]},
    )
