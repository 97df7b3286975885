"""Take back what was said of an item, for a minute after it. Of loans, see ``loans``."""

from __future__ import annotations

from uuid import UUID

from comptoir.core.api import Call, Code, post
from comptoir.inventory.api.actions import SCOPES
from comptoir.inventory.api.items import TAG, read_code
from comptoir.inventory.errors import ItemNotFound, ProblemNotFound
from comptoir.inventory.queries import items
from comptoir.inventory.schemas import ItemView
from comptoir.lending.api.loans import NOT_OPEN_AGAIN
from comptoir.lending.desk.reports import take_report_back
from comptoir.lending.loans.undo import undo_found


@post(
    "/items/{code:str}/problems/{problem_id:uuid}/undo-report",
    scopes=SCOPES,
    tag=TAG,
    errors=(ItemNotFound, ProblemNotFound, *NOT_OPEN_AGAIN),
)
async def undo_report(call: Call, code: Code, problem_id: UUID) -> ItemView:
    """Undo the report of a problem within a minute: all is there and works.

    With its last problem gone, an item that the report set aside is available
    again, or on loan where the desk had undone its loan by the same report.
    """
    item = await items.item(call.actor, read_code(code))
    await items.need_problem(item.id, problem_id)
    await take_report_back(call.actor, problem_id, now=call.now)
    return await items.item(call.actor, item.code)


@post(
    "/items/{code:str}/undo-find",
    scopes=SCOPES,
    tag=TAG,
    errors=(ItemNotFound, *NOT_OPEN_AGAIN),
)
async def undo_find(call: Call, code: Code) -> ItemView:
    """Undo a find within a minute: the item is as lost, or as stolen, as before.

    The loan that the find had ended is open again. What a check-in has found is
    undone as a check-in, where there is a loan.
    """
    item = await items.item(call.actor, read_code(code))
    await undo_found(call.actor, item.id, now=call.now)
    return await items.item(call.actor, item.code)


ROUTES = [undo_report, undo_find]
