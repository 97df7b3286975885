"""One tap at the desk: something of an item is missing or damaged."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.schemas import ReportProblem
from comptoir.inventory.services.problems import add_problem, record_problem
from comptoir.inventory.services.steps import lock_item
from comptoir.inventory.statuses import ItemStatus, ProblemKind
from comptoir.lending.desk.missing import record_missing
from comptoir.lending.loans import undo


class Noted(StrEnum):
    """What noting a problem did besides: the loan is undone, or its borrower is to bring it."""

    SET_ASIDE = ""
    UNDONE = "undone"
    OWED = "owed"


async def set_aside(
    actor: Principal,
    code: str,
    *,
    kind: ProblemKind,
    accessory_id: UUID | None = None,
    loan_id: UUID | None = None,
    now: datetime,
) -> Noted:
    """Record a problem, so that the item is not lent until somebody has checked it.

    Noticed at the moment of lending, it undoes the loan: what is not complete
    does not go out. One audit row then tells of both.

    An accessory that is missing when the item of ``loan_id`` comes back is its borrower's
    to bring.

    Raises:
        LoanNotFound: as for ``missing.record_missing``.
        ItemNotFound: no such item, or one the actor may not know of.
        ItemActionRefused: the item is lost, stolen or retired.
        AccessoryNotFound: the accessory does not belong to the item's model.
    """
    problem = ReportProblem(kind=kind, accessory=accessory_id)
    async with db.transaction():
        item = await lock_item(actor, code)
        loan = await undo.find_undoable(actor, item["id"], now=now)
        owed = kind is ProblemKind.MISSING and accessory_id is not None
        if loan is None and loan_id is not None and owed:
            await record_missing(actor, item, loan_id, problem, now=now)
            return Noted.OWED
        if loan is None:  # it is in the house, or out for longer: then it waits for its return
            await record_problem(actor, item, problem, now=now)
            return Noted.SET_ASIDE
        # It stays where the problem was seen, wherever it was said to be before.
        await undo.close_as_undone(loan, site_id=loan["site"], now=now)
        here = item | {"status": ItemStatus.AVAILABLE}
        _, found = await add_problem(actor, here, problem, now=now)
        found["status"] = [item["status"], ItemStatus.TO_CHECK]
        await undo.record_undone(actor, loan, now=now, why=found)
    return Noted.UNDONE
