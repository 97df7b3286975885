"""Take the last step back, for a minute after it.

What stood before a step, and when it was, is in its audit row where the tables
do not keep it: the row was written with the step, and can never change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from comptoir.core import audit, db, events
from comptoir.core.principal import Principal
from comptoir.inventory.services.steps import lock_item
from comptoir.inventory.statuses import ItemStatus
from comptoir.lending.errors import LoanNotFound, UndoRefused
from comptoir.lending.events import LoanClosed, LoanOpened, LoanRenewed
from comptoir.lending.refusals import Refusal, RefusalCode

#: For how long a step can be undone. A little longer than the desk shows, for slow lines.
UNDO_TIME = timedelta(seconds=60)
_GRACE = timedelta(seconds=10)

_LOCK_ITEM = """
SELECT item.id FROM inventory_item item JOIN lending_loan loan ON loan.item = item.id
WHERE loan.id = :loan_id
"""
#: Under the item's lock. What a read finds beside its lock is as before the wait for it.
_READ = """
SELECT loan.id, loan.item, loan.borrower, loan.site, loan.checked_out_at, loan.returned_at,
       loan.returned_site, loan.return_site, loan.undone_at, loan.written_off_at, loan.due_at,
       loan.taken_from, item.status, item.code,
       EXISTS (SELECT 1 FROM lending_loan later
               WHERE later.item = loan.item AND later.id > loan.id) AS lent_again,
       EXISTS (SELECT 1 FROM inventory_item_problem problem
               WHERE problem.item = loan.item AND problem.resolved_at IS NULL) AS problems
FROM lending_loan loan JOIN inventory_item item ON item.id = loan.item
"""
_CLOSE = """
UPDATE lending_loan
SET returned_at = :now, returned_site = site, undone_at = :now, version = version + 1
WHERE id = :loan_id
"""
_OPEN_AGAIN = """
UPDATE lending_loan
SET returned_at = NULL, returned_site = NULL, undone_at = NULL, version = version + 1
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


def undoable_since(now: datetime) -> datetime:
    """What was done at this moment or later can still be undone."""
    return now - UNDO_TIME - _GRACE


async def undo_check_out(actor: Principal, loan_id: UUID, *, now: datetime) -> str:
    """Close a loan as if it had never been; give the item's code.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
        UndoRefused: it is open for longer than ``UNDO_TIME``, or closed, or the
            item was marked as lost or stolen since.
    """
    async with db.transaction():
        row = await _read(actor, loan_id)
        if not _is_undoable(row, now):
            raise UndoRefused(Refusal(RefusalCode.UNDO_TOO_LATE))
        await close_as_undone(row, site_id=row["taken_from"] or row["site"], now=now)
        await record_undone(actor, row, now=now)
    code: str = row["code"]
    return code


async def find_undoable(actor: Principal, item_id: UUID, *, now: datetime) -> db.Row | None:
    """The loan that ``undo_check_out`` could undo, of an item that the caller has locked."""
    row = await db.fetch_one(
        f"{_READ} WHERE loan.item = :item_id AND loan.returned_at IS NULL", item_id=item_id
    )
    if row is None or not actor.sees_site(row["site"]):
        return None
    return row if _is_undoable(row, now) else None


async def close_as_undone(row: db.Row, *, site_id: UUID, now: datetime) -> None:
    """Close the loan that ``find_undoable`` gave; its item is in the house, at that site."""
    await db.execute(_CLOSE, now=now, loan_id=row["id"])
    status = ItemStatus.TO_CHECK if row["problems"] else ItemStatus.AVAILABLE
    await _put(row["item"], status, site_id)
    await events.publish(LoanClosed(loan_id=row["id"], at=now))


async def record_undone(
    actor: Principal, row: db.Row, *, now: datetime, why: dict[str, Any] | None = None
) -> None:
    """The audit row of a loan undone; ``why`` is what was found out about the item, if so."""
    await _record(actor, "loan.opening_undone", row, now, why)


async def lend_again(actor: Principal, item_id: UUID, *, now: datetime) -> db.Row | None:
    """Open the loan again that a report about the item has just undone, and give it, if any.

    The caller has locked the item, and gives it its status.
    """
    row = await db.fetch_one(
        f"{_READ} WHERE loan.item = :item_id AND loan.undone_at >= :since "
        "AND EXISTS (SELECT 1 FROM inventory_item_problem report "
        "WHERE report.item = loan.item AND report.reported_at = loan.undone_at) "
        "ORDER BY loan.id DESC LIMIT 1",
        item_id=item_id,
        since=undoable_since(now),
    )
    if row is None or row["lent_again"] or not actor.sees_site(row["site"]):
        return None
    await db.execute(_OPEN_AGAIN, loan_id=row["id"])
    await events.publish(LoanOpened(loan_id=row["id"], at=now))
    return row


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
        last = await _last(item_id)
        if last is None or last.action != "item.found" or not _in_time(last.at, now):
            raise UndoRefused(Refusal(RefusalCode.UNDO_TOO_LATE))
        if ended := await db.fetch_one(_ENDED, item_id=item_id, at=last.at):
            return await _open_again(actor, ended["id"], now=now)
        before = last.changes["status"][0]
        place = last.changes.get("present_site", [item["present_site"]])[0]
        await _put(item_id, ItemStatus(before), UUID(str(place)))
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
        UndoRefused: it was closed longer ago than ``UNDO_TIME``, or the item has
            been lent again since, or has left the house.
    """
    async with db.transaction():
        return await _open_again(actor, loan_id, now=now)


async def _open_again(actor: Principal, loan_id: UUID, *, now: datetime) -> str:
    row = await _read(actor, loan_id)
    movable = row["status"] in (ItemStatus.AVAILABLE, ItemStatus.TO_CHECK)
    if (
        row["returned_at"] is None
        or row["undone_at"] is not None
        or row["written_off_at"] is not None
        or row["lent_again"]
        or not movable
        or not _in_time(row["returned_at"], now)
    ):
        raise UndoRefused(Refusal(RefusalCode.UNDO_TOO_LATE))
    await db.execute(_OPEN_AGAIN, loan_id=loan_id)
    closed = await _last(loan_id)
    before = closed.changes.get("status", [None])[0] if closed else None
    status = ItemStatus(before or ItemStatus.ON_LOAN)
    await _put(row["item"], status, row["site"])
    await _record(actor, "loan.closing_undone", row, now)
    await events.publish(LoanOpened(loan_id=loan_id, at=now))
    code: str = row["code"]
    return code


async def undo_renewal(actor: Principal, loan_id: UUID, *, now: datetime) -> str:
    """Give a loan the due date back that it had before it was renewed; give the item's code.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
        UndoRefused: it was renewed longer ago than ``UNDO_TIME``, or something
            has happened to it since, or never.
    """
    async with db.transaction():
        row = await _read(actor, loan_id)
        before = await _due_before(loan_id, now)
        if row["returned_at"] is not None or before is None:
            raise UndoRefused(Refusal(RefusalCode.UNDO_TOO_LATE))
        await db.execute(_UNRENEW, due=before, loan_id=loan_id)
        due = {"due_at": [row["due_at"], before]}
        await _record(actor, "loan.renewal_undone", row, now, due)
        await events.publish(LoanRenewed(loan_id=loan_id, at=now))
    code: str = row["code"]
    return code


async def _due_before(loan_id: UUID, now: datetime) -> datetime | None:
    """Until when the loan ran before its last renewal, where that was the last thing, just now."""
    last = await _last(loan_id)
    if last is None or last.action != "loan.renewed" or not _in_time(last.at, now):
        return None
    return datetime.fromisoformat(last.changes["due_at"][0])


async def _last(subject_id: UUID) -> audit.Entry | None:
    return next((entry for _, entry in await audit.timeline(subject_id, limit=1)), None)


async def _read(actor: Principal, loan_id: UUID) -> db.Row:
    await db.fetch(_LOCK_ITEM + db.for_update("item"), loan_id=loan_id)
    row = await db.fetch_one(f"{_READ} WHERE loan.id = :loan_id", loan_id=loan_id)
    if row is None or not any(
        actor.sees_site(row[site]) for site in ("site", "return_site", "returned_site")
    ):
        raise LoanNotFound
    return row


def _is_undoable(row: db.Row, now: datetime) -> bool:
    return (
        row["returned_at"] is None
        and row["status"] == ItemStatus.ON_LOAN
        and _in_time(row["checked_out_at"], now)
    )


def _in_time(moment: datetime, now: datetime) -> bool:
    return moment >= undoable_since(now)


async def _put(item_id: UUID, status: ItemStatus, site_id: UUID) -> None:
    """As it was, and where it was: a loan is at the site that lent."""
    await db.execute(
        "UPDATE inventory_item SET status = :status, present_site = :site_id, "
        "version = version + 1 WHERE id = :id",
        status=status.value,
        site_id=site_id,
        id=item_id,
    )


async def _record(
    actor: Principal,
    action: str,
    row: db.Row,
    now: datetime,
    changes: dict[str, Any] | None = None,
) -> None:
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
