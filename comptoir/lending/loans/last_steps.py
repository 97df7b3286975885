"""What steps back have in common: how long they can be taken, what they read and what they write.

What stood before a step, and when it was, is in its audit row where the tables
do not keep it: the row was written with the step, and can never change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.principal import Principal
from comptoir.inventory.statuses import ItemStatus
from comptoir.lending.errors import LoanNotFound, UndoRefused
from comptoir.lending.refusals import Refusal, RefusalCode

#: For how long a step can be undone. A little longer than the desk shows, for slow lines.
UNDO_TIME = timedelta(seconds=60)
_GRACE = timedelta(seconds=10)

_LOCK_ITEM = """
SELECT item.id FROM inventory_item item JOIN lending_loan loan ON loan.item = item.id
WHERE loan.id = :loan_id
"""
#: Under the item's lock. What a read finds beside its lock is as before the wait for it.
READ = """
SELECT loan.id, loan.item, loan.borrower, loan.category, loan.site, loan.checked_out_at,
       loan.returned_at, loan.returned_site, loan.return_site, loan.undone_at,
       loan.written_off_at, loan.due_at, loan.taken_from, item.status, item.code,
       EXISTS (SELECT 1 FROM lending_loan later
               WHERE later.item = loan.item AND later.id > loan.id) AS lent_again,
       EXISTS (SELECT 1 FROM inventory_item_problem problem
               WHERE problem.item = loan.item AND problem.resolved_at IS NULL) AS problems
FROM lending_loan loan JOIN inventory_item item ON item.id = loan.item
"""


def undoable_since(now: datetime) -> datetime:
    """What was done at this moment or later can still be undone."""
    return now - UNDO_TIME - _GRACE


def need_time(moment: datetime, now: datetime) -> None:
    """Ask whether what was done at ``moment`` can still be undone.

    Raises:
        UndoRefused: it was too long ago.
    """
    if moment < undoable_since(now):
        raise UndoRefused(Refusal(RefusalCode.UNDO_TOO_LATE))


def overtaken() -> UndoRefused:
    """The error where something has come after the step that is to be undone."""
    return UndoRefused(Refusal(RefusalCode.UNDO_OVERTAKEN))


async def read_locked(actor: Principal, loan_id: UUID) -> db.Row:
    """A loan and its item, whose row is locked until the end of the transaction.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
    """
    await db.fetch(_LOCK_ITEM + db.for_update("item"), loan_id=loan_id)
    row = await db.fetch_one(f"{READ} WHERE loan.id = :loan_id", loan_id=loan_id)
    if row is None or not any(
        actor.sees_site(row[site]) for site in ("site", "return_site", "returned_site")
    ):
        raise LoanNotFound
    return row


async def last_step(subject_id: UUID) -> audit.Entry | None:
    """What happened to a loan or an item last."""
    return next((entry for _, entry in await audit.timeline(subject_id, limit=1)), None)


async def put_item(item_id: UUID, status: ItemStatus, site_id: UUID) -> None:
    """The item is as it was, and where it was: a loan is at the site that lent."""
    await db.execute(
        "UPDATE inventory_item SET status = :status, present_site = :site_id, "
        "version = version + 1 WHERE id = :id",
        status=status.value,
        site_id=site_id,
        id=item_id,
    )


async def record_step(
    actor: Principal,
    action: str,
    row: db.Row,
    now: datetime,
    changes: dict[str, Any] | None = None,
) -> None:
    """The audit row of a step of the loan that ``READ`` gave."""
    await audit.record(
        actor,
        action,
        "loan",
        row["id"],
        now=now,
        related=(row["item"], row["borrower"]),
        site_id=row["site"],
        changes={"item": row["code"]} | (changes or {}),
    )
