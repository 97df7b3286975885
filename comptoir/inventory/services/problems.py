"""Something is missing or damaged: what is in the house is set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import db
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.plain_text import clean_text
from comptoir.core.principal import Principal
from comptoir.inventory.errors import AccessoryNotFound
from comptoir.inventory.names import read_names, too_long
from comptoir.inventory.rules import ItemAction
from comptoir.inventory.schemas import ReportProblem
from comptoir.inventory.services.steps import change_item, lock_item, record_step
from comptoir.inventory.validation import LONGEST_PROBLEM_NOTE

_INSERT_PROBLEM = """
INSERT INTO inventory_item_problem (id, item, accessory, kind, note, loan_id, reported_at)
VALUES (:id, :item, :accessory, :kind, :note, :loan_id, :now)
"""


async def report_problem(
    actor: Principal, code: str, command: ReportProblem, *, now: datetime
) -> UUID:
    """Something is missing or damaged. What is in the house is set aside; give the problem's id.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
        AccessoryNotFound: the accessory does not belong to the item's model.
        Invalid: the note is too long.
    """
    async with db.transaction():
        return await record_problem(actor, await lock_item(actor, code), command, now=now)


async def record_problem(
    actor: Principal, item: db.Row, command: ReportProblem, *, now: datetime
) -> UUID:
    """``report_problem`` of an item that ``lock_item`` gave, in the same transaction."""
    problem_id, changes = await add_problem(actor, item, command, now=now)
    await record_step(actor, item, ItemAction.REPORT_PROBLEM, changes, now=now)
    return problem_id


async def add_problem(
    actor: Principal,
    item: db.Row,
    command: ReportProblem,
    *,
    loan_id: UUID | None = None,
    now: datetime,
) -> tuple[UUID, dict[str, Any]]:
    """``record_problem`` without the audit row, for a use case that writes one of its own.

    Gives the problem's id, and what the audit row is to say of it. ``loan_id`` is the loan
    whose borrower is to bring what is missing; a higher floor has seen to it that it is one.

    Raises:
        ItemActionRefused, AccessoryNotFound, Invalid: as for ``report_problem``.
    """
    note = clean_text(command.note)
    if len(note) > LONGEST_PROBLEM_NOTE:
        raise Invalid([too_long("note", LONGEST_PROBLEM_NOTE)])
    problem_id = new_id()
    changes: dict[str, Any] = {"problem": [None, command.kind]}
    if command.accessory is not None:
        changes["accessory"] = [None, await _accessory_names(item, command.accessory)]
    if note:
        changes["note"] = None  # free text: it may speak of a person
    changes |= await change_item(actor, item, ItemAction.REPORT_PROBLEM, now=now)
    await db.execute(
        _INSERT_PROBLEM,
        id=problem_id,
        item=item["id"],
        accessory=command.accessory,
        kind=command.kind,
        note=note,
        loan_id=loan_id,
        now=now,
    )
    return problem_id, changes


async def _accessory_names(item: db.Row, accessory_id: UUID) -> dict[str, str]:
    row = await db.fetch_one(
        "SELECT names FROM inventory_accessory WHERE id = :id AND model = :model",
        id=accessory_id,
        model=item["model"],
    )
    if row is None:
        raise AccessoryNotFound
    return read_names(row["names"])
