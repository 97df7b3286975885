"""An accessory that did not come back with its item: noted, remembered, brought after all.

It is tied to the loan, so that its borrower is asked for it at their next visit. Damage is
tied to nobody (docs/adr/0153).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.clock import localtime
from comptoir.core.principal import Principal
from comptoir.inventory.errors import ProblemNotFound
from comptoir.inventory.names import read_names
from comptoir.inventory.permissions import sees_item
from comptoir.inventory.schemas import ReportProblem
from comptoir.inventory.services.problems import add_problem
from comptoir.inventory.services.steps import lock_item
from comptoir.inventory.statuses import ItemStatus, ProblemKind
from comptoir.lending.desk.reports import LEFT, RESOLVE, SET_STATUS, by_report
from comptoir.lending.errors import LoanNotFound
from comptoir.lending.loans.last_steps import last_step, need_time, overtaken

_LOAN = """
SELECT loan.borrower, loan.site, loan.return_site, loan.returned_site, loan.undone_at, item.code
FROM lending_loan loan JOIN inventory_item item ON item.id = loan.item WHERE loan.id = :loan_id
"""
_OWED = """
SELECT problem.id, problem.loan_id, problem.reported_at, problem.accessory, accessory.names,
       item.code, item.home_site, item.present_site, item.destination_site, model.short_name,
       site.time_zone, site.short_name AS place
FROM lending_loan loan
JOIN inventory_item_problem problem
     ON problem.loan_id = loan.id AND problem.resolved_at IS NULL
JOIN inventory_accessory accessory ON accessory.id = problem.accessory
JOIN inventory_item item ON item.id = problem.item
JOIN inventory_model model ON model.id = item.model
JOIN sites_site site ON site.id = item.present_site
WHERE loan.borrower = :borrower_id AND problem.loan_id IS NOT NULL
ORDER BY problem.reported_at, problem.id
"""
#: Read under the item's lock, and before it to know which item that is.
_PROBLEM = """
SELECT problem.id, problem.kind, problem.loan_id, problem.resolved_at, accessory.names, item.code,
       loan.borrower
FROM inventory_item_problem problem
JOIN inventory_item item ON item.id = problem.item
JOIN inventory_accessory accessory ON accessory.id = problem.accessory
LEFT JOIN lending_loan loan ON loan.id = problem.loan_id
WHERE problem.id = :problem_id
"""
_OPEN_AGAIN = "UPDATE inventory_item_problem SET resolved_at = NULL WHERE id = :problem_id"


class Settle(Protocol):
    """``take_in``, or its way back."""

    async def __call__(self, actor: Principal, problem_id: UUID, *, now: datetime) -> str: ...


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is still to bring: an accessory, by its names, of an item.

    ``place`` is where the item is. ``here``: the reader may act on the item, and say that it
    was brought; elsewhere ``item``, its code, is empty.
    """

    problem_id: UUID
    loan_id: UUID
    item: str
    model: str
    accessory: UUID
    accessory_names: dict[str, str]
    noted_at: datetime
    time_zone: str
    place: str
    here: bool


async def owed_by(actor: Principal, borrower_id: UUID) -> tuple[Owed, ...]:
    """What a borrower is still to bring, the longest missing first.

    Whether the actor may know of the borrower is for the caller to ask.
    """
    return tuple(_owed(actor, row) for row in await db.fetch(_OWED, borrower_id=borrower_id))


def _owed(actor: Principal, row: db.Row) -> Owed:
    here = sees_item(actor, row)
    return Owed(
        problem_id=row["id"],
        loan_id=row["loan_id"],
        item=row["code"] if here else "",
        model=row["short_name"],
        accessory=row["accessory"],
        accessory_names=read_names(row["names"]),
        noted_at=localtime(row["reported_at"], row["time_zone"]),
        time_zone=row["time_zone"],
        place=row["place"],
        here=here,
    )


async def note_missing(
    actor: Principal, loan_id: UUID, accessory_id: UUID, *, note: str = "", now: datetime
) -> UUID:
    """An accessory did not come back with the item of a loan; give whose loan it was.

    Raises:
        LoanNotFound: there is none, it was undone, or the actor may not know of it.
        ItemNotFound, ItemActionRefused, AccessoryNotFound, Invalid: as for
            ``inventory.services.problems.report_problem``.
    """
    problem = ReportProblem(kind=ProblemKind.MISSING, accessory=accessory_id, note=note)
    async with db.transaction():
        loan = await _loan(actor, loan_id)
        item = await lock_item(actor, loan["code"])
        await record_missing(actor, item, loan_id, problem, now=now)
    borrower_id: UUID = loan["borrower"]
    return borrower_id


async def record_missing(
    actor: Principal, item: db.Row, loan_id: UUID, problem: ReportProblem, *, now: datetime
) -> None:
    """``note_missing`` of an item that ``lock_item`` gave, in the same transaction.

    Raises:
        LoanNotFound: as for ``note_missing``; or it is a loan of another item.
    """
    loan = await _loan(actor, loan_id)
    if loan["code"] != item["code"]:
        raise LoanNotFound
    _, changes = await add_problem(actor, item, problem, loan_id=loan_id, now=now)
    await _record(actor, "item.problem_reported", item, loan_id, loan["borrower"], changes, now)


async def _loan(actor: Principal, loan_id: UUID) -> db.Row:
    loan = await db.fetch_one(_LOAN, loan_id=loan_id)
    if loan is None or loan["undone_at"] is not None or not _knows(actor, loan):
        raise LoanNotFound
    return loan


def _knows(actor: Principal, loan: db.Row) -> bool:
    return any(actor.sees_site(loan[name]) for name in ("site", "return_site", "returned_site"))


async def take_in(actor: Principal, problem_id: UUID, *, now: datetime) -> str:
    """What was missing was brought after all; give the item's code.

    With the last of its problems gone, an item that only these held back can be lent.

    Raises:
        ProblemNotFound: no accessory was reported missing by it, or it is solved.
        ItemNotFound: the actor may not know of the item.
    """
    async with db.transaction():
        item, problem = await _locked(actor, problem_id)
        if problem["kind"] != ProblemKind.MISSING or problem["resolved_at"] is not None:
            raise ProblemNotFound
        await db.execute(RESOLVE, problem_id=problem_id, now=now)
        changes: dict[str, Any] = {
            "accessory": [None, read_names(problem["names"])],
            "report": str(problem_id),
        }
        held = item["status"] == ItemStatus.TO_CHECK and not await db.fetch(LEFT, item=item["id"])
        if held and await by_report(item["id"]):
            changes["status"] = [item["status"], ItemStatus.AVAILABLE]
            await db.execute(SET_STATUS, id=item["id"], status=ItemStatus.AVAILABLE.value)
        await _record(
            actor,
            "item.accessory_brought",
            item,
            problem["loan_id"],
            problem["borrower"],
            changes,
            now,
        )
    code: str = item["code"]
    return code


async def take_in_undone(actor: Principal, problem_id: UUID, *, now: datetime) -> str:
    """It was not brought after all; give the item's code. The item is as it was before.

    Raises:
        ItemNotFound, ProblemNotFound: as for ``take_in``.
        UndoRefused: it was longer ago than ``UNDO_TIME``, or something has come after it.
    """
    async with db.transaction():
        item, problem = await _locked(actor, problem_id)
        last = await last_step(item["id"])
        taken_in = last is not None and last.action == "item.accessory_brought"
        if last is None or not taken_in or last.changes.get("report") != str(problem_id):
            raise overtaken()
        need_time(problem["resolved_at"], now)
        await db.execute(_OPEN_AGAIN, problem_id=problem_id)
        changes: dict[str, Any] = {"accessory": [None, read_names(problem["names"])]}
        if "status" in last.changes:
            before, after = last.changes["status"]
            changes["status"] = [after, before]
            await db.execute(SET_STATUS, id=item["id"], status=before)
        await _record(
            actor,
            "item.accessory_not_brought",
            item,
            problem["loan_id"],
            problem["borrower"],
            changes,
            now,
        )
    code: str = item["code"]
    return code


async def _locked(actor: Principal, problem_id: UUID) -> tuple[db.Row, db.Row]:
    found = await db.fetch_one(_PROBLEM, problem_id=problem_id)
    if found is None:
        raise ProblemNotFound
    item = await lock_item(actor, found["code"])
    problem = await db.fetch_one(_PROBLEM, problem_id=problem_id)
    if problem is None:
        raise ProblemNotFound
    return item, problem


async def _record(
    actor: Principal,
    action: str,
    item: db.Row,
    loan_id: UUID | None,
    borrower_id: UUID | None,
    changes: dict[str, Any],
    now: datetime,
) -> None:
    await audit.record(
        actor,
        action,
        "item",
        item["id"],
        now=now,
        related=(loan_id, borrower_id),
        site_id=item["present_site"],
        changes={"item": item["code"]} | changes,
    )
