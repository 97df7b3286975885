"""What did not come back with an item: noted, listed, brought after all."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import Call, Code, Moment, get, post
from comptoir.inventory.api.actions import STATUS
from comptoir.inventory.api.items import TAG as ITEMS
from comptoir.inventory.api.items import read_code
from comptoir.inventory.errors import AccessoryNotFound, ItemNotFound, ProblemNotFound
from comptoir.inventory.queries import items
from comptoir.inventory.schemas import ItemView
from comptoir.inventory.validation import LONGEST_PROBLEM_NOTE
from comptoir.lending.borrowers.visibility import find_visible
from comptoir.lending.desk import missing
from comptoir.lending.errors import BorrowerNotFound, LoanNotFound
from comptoir.lending.refusals import RefusalCode

DESK = ("desk",)


class NoteMissing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What did not come back."""

    accessory: Annotated[UUID, msgspec.Meta(description="The id of an accessory of its model.")]
    note: Annotated[str, msgspec.Meta(max_length=LONGEST_PROBLEM_NOTE)] = ""


class MissingAccessory(msgspec.Struct, frozen=True, kw_only=True):
    """Something a borrower is still to bring.

    `problem_id` is that of the item's problem. `item` is empty where the token may not act
    on the item; `place` is where the item is.
    """

    problem_id: UUID
    loan_id: UUID
    item: str
    model: str
    accessory: UUID
    accessory_names: dict[str, str]
    noted_at: Moment
    place: str


class MissingAccessories(msgspec.Struct, frozen=True):
    """All of it, the longest missing first."""

    items: list[MissingAccessory]


@post(
    "/loans/{loan_id:uuid}/missing-accessories",
    scopes=DESK,
    tag="Desk",
    status=201,
    errors=(LoanNotFound, ItemNotFound, AccessoryNotFound, *STATUS),
)
async def note_missing(call: Call, loan_id: UUID, data: NoteMissing) -> MissingAccessories:
    """Note that an accessory did not come back with the item of a loan.

    The item is set aside, and its borrower is asked for it at their next visit. What they are
    to bring comes back. For damage, report a problem of the item: it is tied to nobody.
    """
    borrower_id = await missing.note_missing(
        call.actor, loan_id, data.accessory, note=data.note, now=call.now
    )
    return await _owed(call, borrower_id)


@get(
    "/borrowers/{borrower_id:uuid}/missing-accessories",
    scopes=("desk", "borrowers"),
    tag="Borrowers",
    errors=(BorrowerNotFound,),
)
async def list_missing(call: Call, borrower_id: UUID) -> MissingAccessories:
    """List what a borrower is still to bring."""
    await find_visible(call.actor, borrower_id)
    return await _owed(call, borrower_id)


@post(
    "/items/{code:str}/problems/{problem_id:uuid}/brought",
    scopes=DESK,
    tag=ITEMS,
    errors=(ItemNotFound, ProblemNotFound),
)
async def take_in(call: Call, code: Code, problem_id: UUID) -> ItemView:
    """Say that a missing accessory was brought.

    With the last of its problems gone, an item that only these held back is available.
    """
    return await _settled(call, code, problem_id, missing.take_in)


@post(
    "/items/{code:str}/problems/{problem_id:uuid}/undo-brought",
    scopes=DESK,
    tag=ITEMS,
    errors=(
        ItemNotFound,
        ProblemNotFound,
        RefusalCode.UNDO_TOO_LATE,
        RefusalCode.UNDO_OVERTAKEN,
    ),
)
async def undo_brought(call: Call, code: Code, problem_id: UUID) -> ItemView:
    """Undo within a minute that an accessory was brought."""
    return await _settled(call, code, problem_id, missing.take_in_undone)


async def _settled(call: Call, code: str, problem_id: UUID, step: missing.Settle) -> ItemView:
    item = await items.item(call.actor, read_code(code))
    await items.need_problem(item.id, problem_id)
    await step(call.actor, problem_id, now=call.now)
    return await items.item(call.actor, item.code)


async def _owed(call: Call, borrower_id: UUID) -> MissingAccessories:
    found = await missing.owed_by(call.actor, borrower_id)
    fields = MissingAccessory.__struct_fields__
    return MissingAccessories(
        [MissingAccessory(**{name: getattr(each, name) for name in fields}) for each in found]
    )


ROUTES = [note_missing, list_missing, take_in, undo_brought]
