"""Take back a report of something missing or damaged, for a minute after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.principal import Principal
from comptoir.inventory.services.steps import lock_item
from comptoir.inventory.statuses import ItemStatus
from comptoir.lending.loans.last_steps import need_time, overtaken
from comptoir.lending.loans.reopening import lend_again

_ITEM_OF = """
SELECT item.code FROM inventory_item_problem problem
JOIN inventory_item item ON item.id = problem.item WHERE problem.id = :problem_id
"""
_PROBLEM = """
SELECT problem.reported_at, problem.resolved_at, problem.loan_id, loan.borrower
FROM inventory_item_problem problem LEFT JOIN lending_loan loan ON loan.id = problem.loan_id
WHERE problem.id = :problem_id
"""
#: What has set an item aside by a report, and by one that was wrongly solved.
_BY_REPORT = {"item.problem_reported", "item.accessory_not_brought"}
RESOLVE = "UPDATE inventory_item_problem SET resolved_at = :now WHERE id = :problem_id"
LEFT = """
SELECT id FROM inventory_item_problem WHERE item = :item AND resolved_at IS NULL LIMIT 1
"""
SET_STATUS = "UPDATE inventory_item SET status = :status, version = version + 1 WHERE id = :id"


async def take_report_back(actor: Principal, problem_id: UUID, *, now: datetime) -> str:
    """All is there after all; give the item's code.

    With the last of its problems gone, the item is as before: free, or lent
    where the report had undone its loan.

    Raises:
        ItemNotFound: the actor may not know of the item.
        UndoRefused: it was reported longer ago than ``UNDO_TIME``, or is solved; or
            the loan would be one too many for the borrower by now.
    """
    async with db.transaction():
        found = await db.fetch_one(_ITEM_OF, problem_id=problem_id)
        if found is None:
            raise overtaken()
        item = await lock_item(actor, found["code"])
        problem = await db.fetch_one(_PROBLEM, problem_id=problem_id)
        if problem is None or problem["resolved_at"] is not None:
            raise overtaken()
        need_time(problem["reported_at"], now)
        await db.execute(RESOLVE, problem_id=problem_id, now=now)
        changes: dict[str, Any] = {"item": item["code"]}
        related: tuple[UUID | None, ...] = (problem["loan_id"], problem["borrower"])
        status = ItemStatus(item["status"])
        if status is ItemStatus.TO_CHECK and not await db.fetch(LEFT, item=item["id"]):
            loan = await lend_again(actor, item["id"], now=now)
            if loan is not None:
                status, related = ItemStatus.ON_LOAN, (loan["id"], loan["borrower"])
            elif await by_report(item["id"]):
                status = ItemStatus.AVAILABLE
            changes["status"] = [item["status"], status]
            await db.execute(SET_STATUS, id=item["id"], status=status.value)
        await audit.record(
            actor,
            "item.report_taken_back",
            "item",
            item["id"],
            now=now,
            related=related,
            site_id=item["present_site"],
            changes=changes,
        )
    code: str = item["code"]
    return code


async def last_report(code: str) -> UUID | None:
    """The problem of an item that was reported last, and is not solved."""
    row = await db.fetch_one(
        "SELECT problem.id FROM inventory_item_problem problem "
        "JOIN inventory_item item ON item.id = problem.item "
        "WHERE item.code = :code AND problem.resolved_at IS NULL ORDER BY problem.id DESC LIMIT 1",
        code=code,
    )
    return row["id"] if row else None


async def by_report(item_id: UUID) -> bool:
    """Whether reports are why the item must be checked; else another reason still holds.

    What was reported while it was out has set it aside at its return.
    """
    for _, entry in await audit.timeline(item_id, limit=20):
        if "status" in entry.changes:
            came_back = entry.changes["status"] == [ItemStatus.ON_LOAN, ItemStatus.TO_CHECK]
            closed = entry.action == "loan.closed" and came_back
            return closed or entry.action in _BY_REPORT
    return False
