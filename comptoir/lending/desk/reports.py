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
SELECT reported_at, resolved_at FROM inventory_item_problem WHERE id = :problem_id
"""
_RESOLVE = "UPDATE inventory_item_problem SET resolved_at = :now WHERE id = :problem_id"
_LEFT = """
SELECT id FROM inventory_item_problem WHERE item = :item AND resolved_at IS NULL LIMIT 1
"""
_SET_STATUS = "UPDATE inventory_item SET status = :status, version = version + 1 WHERE id = :id"


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
        await db.execute(_RESOLVE, problem_id=problem_id, now=now)
        changes: dict[str, Any] = {"item": item["code"]}
        related: tuple[UUID, ...] = ()
        status = ItemStatus(item["status"])
        if status is ItemStatus.TO_CHECK and not await db.fetch(_LEFT, item=item["id"]):
            loan = await lend_again(actor, item["id"], now=now)
            if loan is not None:
                status, related = ItemStatus.ON_LOAN, (loan["id"], loan["borrower"])
            elif await _by_report(item["id"]):
                status = ItemStatus.AVAILABLE
            changes["status"] = [item["status"], status]
            await db.execute(_SET_STATUS, id=item["id"], status=status.value)
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


async def _by_report(item_id: UUID) -> bool:
    """Whether a report is why the item must be checked; else another reason still holds."""
    for _, entry in await audit.timeline(item_id, limit=20):
        if "status" in entry.changes:
            return entry.action == "item.problem_reported"
    return False
