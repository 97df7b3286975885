"""Take the last step back, for a minute after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import audit, db, events
from comptoir.core.principal import Principal
from comptoir.inventory.services.steps import lock_item
from comptoir.inventory.statuses import ItemStatus
from comptoir.lending.closures.reviving import lock_return_site, settle_revived
from comptoir.lending.events import LoanClosed, LoanRenewed
from comptoir.lending.loans.last_steps import (
    READ,
    last_step,
    need_time,
    overtaken,
    put_item,
    read_locked,
    record_step,
    undoable_since,
)
from comptoir.lending.loans.reopening import open_again

_CLOSE = """
UPDATE lending_loan
SET returned_at = :now, returned_site = site, undone_at = :now, version = version + 1
WHERE id = :loan_id
"""
_UNRENEW = """
UPDATE lending_loan SET due_at = :due, renewals = renewals - 1, version = version + 1
WHERE id = :loan_id
"""

_CODE = "SELECT code FROM inventory_item WHERE id = :item_id"
#: The loan that a find has ended.
_ENDED = """
SELECT id FROM lending_loan
WHERE item = :item_id AND returned_at = :at AND undone_at IS NULL AND written_off_at IS NULL
"""


async def undo_check_out(actor: Principal, loan_id: UUID, *, now: datetime) -> str:
    """Close a loan as if it had never been; give the item's code.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
        UndoRefused: it is open for longer than ``UNDO_TIME``, or closed, or the
            item was marked as lost or stolen since.
    """
    async with db.transaction():
        row = await read_locked(actor, loan_id)
        need_time(row["checked_out_at"], now)
        if not _is_undoable(row):
            raise overtaken()
        await close_as_undone(row, site_id=row["taken_from"] or row["site"], now=now)
        await record_undone(actor, row, now=now)
    code: str = row["code"]
    return code


async def find_undoable(actor: Principal, item_id: UUID, *, now: datetime) -> db.Row | None:
    """The loan that ``undo_check_out`` could undo, of an item that the caller has locked."""
    row = await db.fetch_one(
        f"{READ} WHERE loan.item = :item_id AND loan.returned_at IS NULL", item_id=item_id
    )
    if row is None or not actor.sees_site(row["site"]):
        return None
    in_time = row["checked_out_at"] >= undoable_since(now)
    return row if in_time and _is_undoable(row) else None


async def close_as_undone(row: db.Row, *, site_id: UUID, now: datetime) -> None:
    """Close the loan that ``find_undoable`` gave; its item is in the house, at that site."""
    await db.execute(_CLOSE, now=now, loan_id=row["id"])
    status = ItemStatus.TO_CHECK if row["problems"] else ItemStatus.AVAILABLE
    await put_item(row["item"], status, site_id)
    await events.publish(LoanClosed(loan_id=row["id"], at=now))


async def record_undone(
    actor: Principal, row: db.Row, *, now: datetime, why: dict[str, Any] | None = None
) -> None:
    """The audit row of a loan undone; ``why`` is what was found out about the item, if so."""
    await record_step(actor, "loan.opening_undone", row, now, why)


async def undo_found(actor: Principal, item_id: UUID, *, now: datetime) -> str:
    """An item is as lost, or as stolen, as before it was found; give its code.

    The loan that the find had ended is open again.

    Raises:
        ItemNotFound: there is none that the actor may know of.
        UndoRefused: it was found longer ago than ``UNDO_TIME``, or something has
            happened to it since.
    """
    async with db.transaction():
        row = await db.fetch_one(_CODE, item_id=item_id)
        item = await lock_item(actor, row["code"] if row else "")
        last = await last_step(item_id)
        if last is None or last.action != "item.found":
            raise overtaken()
        need_time(last.at, now)
        if ended := await db.fetch_one(_ENDED, item_id=item_id, at=last.at):
            return await _undo_closing(actor, ended["id"], now=now)
        before = last.changes["status"][0]
        place = last.changes.get("present_site", [item["present_site"]])[0]
        await put_item(item_id, ItemStatus(before), UUID(str(place)))
        await audit.record(
            actor,
            "item.finding_undone",
            "item",
            item_id,
            now=now,
            site_id=item["present_site"],
            changes={"status": [item["status"], before]},
        )
    code: str = item["code"]
    return code


async def undo_check_in(actor: Principal, loan_id: UUID, *, now: datetime) -> str:
    """Open a loan again that was closed by mistake; give the item's code.

    An item that was lost until then is lost again.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
        UndoRefused: it was closed longer ago than ``UNDO_TIME``, or as ``open_again`` says.
    """
    async with db.transaction():
        return await _undo_closing(actor, loan_id, now=now)


async def _undo_closing(actor: Principal, loan_id: UUID, *, now: datetime) -> str:
    row = await read_locked(actor, loan_id)
    if row["returned_at"] is not None:
        need_time(row["returned_at"], now)
    return await open_again(actor, row, action="loan.closing_undone", now=now)


async def undo_renewal(actor: Principal, loan_id: UUID, *, now: datetime) -> str:
    """Give a loan the due date back that it had before it was renewed; give the item's code.

    Where the door is shut then by now, it is due when the door is open after that.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
        UndoRefused: it was renewed longer ago than ``UNDO_TIME``, or something
            has happened to it since, or never.
    """
    async with db.transaction():
        await lock_return_site(loan_id)
        row = await read_locked(actor, loan_id)
        before = await _due_before(row, now)
        await db.execute(_UNRENEW, due=before, loan_id=loan_id)
        due = {"due_at": [row["due_at"], before]}
        await record_step(actor, "loan.renewal_undone", row, now, due)
        await settle_revived(actor, loan_id, row["return_site"], now=now)
        await events.publish(LoanRenewed(loan_id=loan_id, at=now))
    code: str = row["code"]
    return code


async def _due_before(row: db.Row, now: datetime) -> datetime:
    """Until when the loan ran before its last renewal, where that was the last thing, just now."""
    last = await last_step(row["id"])
    if row["returned_at"] is not None or last is None or last.action != "loan.renewed":
        raise overtaken()
    need_time(last.at, now)
    return datetime.fromisoformat(last.changes["due_at"][0])


def _is_undoable(row: db.Row) -> bool:
    return row["returned_at"] is None and row["status"] == ItemStatus.ON_LOAN
