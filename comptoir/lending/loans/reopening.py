"""Open a loan again that was closed: its item is with the borrower after all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db, events
from comptoir.core.principal import Principal, Role
from comptoir.inventory.statuses import ItemStatus
from comptoir.lending import rules
from comptoir.lending.closures.reviving import lock_return_site, settle_revived
from comptoir.lending.errors import LoanCoordinatorNeeded, UndoRefused
from comptoir.lending.events import LoanOpened
from comptoir.lending.loans import contention, facts
from comptoir.lending.loans.last_steps import (
    READ,
    overtaken,
    put_item,
    read_locked,
    record_step,
    undoable_since,
)

_OPEN_AGAIN = """
UPDATE lending_loan
SET returned_at = NULL, returned_site = NULL, undone_at = NULL, version = version + 1
WHERE id = :loan_id
"""
_LOCK_BORROWER = "SELECT household FROM lending_borrower WHERE id = :borrower_id"
#: What may be done to an item that came back without being lost when its loan is open
#: again: a problem waits for the next return, and a find is part of how the loan ended.
_PASSED_ON = {
    "item.problem_reported",
    "item.report_taken_back",
    "item.accessory_brought",
    "item.accessory_not_brought",
    "item.found",
}
#: What is no step of the item.
_NO_STEP = {"scan.refused", "item.edited"}
_IN_THE_HOUSE = (ItemStatus.AVAILABLE, ItemStatus.TO_CHECK)


async def open_again(actor: Principal, row: db.Row, *, action: str, now: datetime) -> str:
    """Open the loan that ``last_steps.read_locked`` gave; give the item's code.

    An item that was lost until the return is lost again. ``action`` is what the
    audit row calls it.

    Raises:
        UndoRefused: the loan is open, or was closed as undone or written off; the
            item has been lent again since, or something else was done to it; or
            the borrower has had so much since that it would be too much.
    """
    closed = await _closing(row)
    if closed is None or row["lent_again"] or row["status"] not in _IN_THE_HOUSE:
        raise overtaken()
    event_id, entry = closed
    if await audit.actions_since(row["item"], event_id) - _PASSED_ON - _NO_STEP:
        raise overtaken()
    await lock_return_site(row["id"])
    await _need_room(row)
    await db.execute(_OPEN_AGAIN, loan_id=row["id"])
    before = entry.changes.get("status", [None])[0]
    await put_item(row["item"], ItemStatus(before or ItemStatus.ON_LOAN), row["site"])
    await record_step(actor, action, row, now)
    await settle_revived(actor, row["id"], row["return_site"], now=now)
    await events.publish(LoanOpened(loan_id=row["id"], at=now))
    code: str = row["code"]
    return code


async def reopen_loan(actor: Principal, loan_id: UUID, *, now: datetime) -> None:
    """A coordinator has seen, however late, that the wrong item was taken back.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
        LoanCoordinatorNeeded: the actor is no coordinator of the site that lent.
        UndoRefused: as for ``open_again``.
    """
    async with db.transaction():
        row = await read_locked(actor, loan_id)
        if not may_reopen(actor, row["site"]):
            raise LoanCoordinatorNeeded
        await open_again(actor, row, action="loan.reopened", now=now)


def may_reopen(actor: Principal, site_id: UUID) -> bool:
    """Whether the actor coordinates the site that lent."""
    return actor.has_role(Role.COORDINATOR, site_id)


async def lend_again(actor: Principal, item_id: UUID, *, now: datetime) -> db.Row | None:
    """Open the loan again that a report about the item has just undone, and give it, if any.

    The caller has locked the item, and gives it its status.

    Raises:
        UndoRefused: the borrower has had so much since that it would be too much.
    """
    row = await db.fetch_one(
        f"{READ} WHERE loan.item = :item_id AND loan.undone_at >= :since "
        "AND EXISTS (SELECT 1 FROM inventory_item_problem report "
        "WHERE report.item = loan.item AND report.reported_at = loan.undone_at) "
        "ORDER BY loan.id DESC LIMIT 1",
        item_id=item_id,
        since=undoable_since(now),
    )
    if row is None or row["lent_again"] or not actor.sees_site(row["site"]):
        return None
    await lock_return_site(row["id"])
    await _need_room(row)
    await db.execute(_OPEN_AGAIN, loan_id=row["id"])
    await settle_revived(actor, row["id"], row["return_site"], now=now)
    await events.publish(LoanOpened(loan_id=row["id"], at=now))
    return row


async def _closing(row: db.Row) -> tuple[UUID, audit.Entry] | None:
    """The event by which the loan was closed as one is that comes back, if it was."""
    if row["returned_at"] is None or row["undone_at"] or row["written_off_at"]:
        return None
    events_of_loan = await audit.timeline(row["id"])
    return next((each for each in events_of_loan if each[1].action == "loan.closed"), None)


async def _need_room(row: db.Row) -> None:
    """Ask whether the borrower may have one more of the kind, under the locks of a check-out.

    Raises:
        UndoRefused: by the limit of the person, or of the household.
    """
    borrower = await db.fetch_one(
        _LOCK_BORROWER + db.for_update("lending_borrower"), borrower_id=row["borrower"]
    )
    if borrower is not None and borrower["household"] is not None:
        await contention.lock_household(borrower)
    limits = await db.fetch_one(facts.LIMITS, borrower_id=row["borrower"], category=row["category"])
    policy = facts.policy_facts(limits) if limits is not None else None
    if limits is None or policy is None:
        return
    if refusal := rules.refuse_limits(facts.borrower_facts(limits), policy):
        raise UndoRefused(refusal)
