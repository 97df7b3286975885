"""One tap at the desk: something of an item is missing or damaged."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.schemas import ReportProblem
from comptoir.inventory.services.problems import add_problem, record_problem
from comptoir.inventory.services.steps import lock_item
from comptoir.inventory.statuses import ItemStatus, ProblemKind
from comptoir.lending.loans import undo


async def set_aside(
    actor: Principal,
    code: str,
    *,
    kind: ProblemKind,
    accessory_id: UUID | None = None,
    now: datetime,
) -> bool:
    """Record a problem, so that the item is not lent until somebody has checked it.

    Noticed at the moment of lending, it undoes the loan: what is not complete
    does not go out. True if it did; one audit row then tells of both.

    Raises:
        ItemNotFound: no such item, or one the actor may not know of.
        ItemActionRefused: the item is lost, stolen or retired.
        AccessoryNotFound: the accessory does not belong to the item's model.
    """
    problem = ReportProblem(kind=kind, accessory=accessory_id)
    async with db.transaction():
        item = await lock_item(actor, code)
        loan = await undo.find_undoable(actor, item["id"], now=now)
        if loan is None:  # it is in the house, or out for longer: then it waits for its return
            await record_problem(actor, item, problem, now=now)
            return False
        # It stays where the problem was seen, wherever it was said to be before.
        await undo.close_as_undone(loan, site_id=loan["site"], now=now)
        here = item | {"status": ItemStatus.AVAILABLE}
        _, found = await add_problem(actor, here, problem, now=now)
        found["status"] = [item["status"], ItemStatus.TO_CHECK]
        await undo.record_undone(actor, loan, now=now, why=found)
    return True
