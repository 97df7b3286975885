"""One tap at the desk: something of an item is missing or damaged."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.schemas import ReportProblem
from comptoir.inventory.services.actions import report_problem
from comptoir.inventory.statuses import ProblemKind
from comptoir.lending.errors import UndoRefused
from comptoir.lending.loans.undo import undo_check_out


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
    does not go out. True if it did.

    Raises:
        ItemNotFound: no such item, or one the actor may not know of.
    """
    loan = await db.fetch_one(
        "SELECT loan.id FROM lending_loan loan JOIN inventory_item item ON item.id = loan.item "
        "WHERE item.code = :code AND loan.returned_at IS NULL",
        code=code,
    )
    undone = False
    if loan is not None:
        try:
            await undo_check_out(actor, loan["id"], now=now)
            undone = True
        except UndoRefused:
            pass  # It has been out for longer: it is set aside when it comes back.
    await report_problem(actor, code, ReportProblem(kind=kind, accessory=accessory_id), now=now)
    return undone
