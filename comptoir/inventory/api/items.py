"""Items: what they are."""

from __future__ import annotations

import msgspec

from comptoir.core.api import Call, Code, get, post, put
from comptoir.inventory import codes
from comptoir.inventory.errors import Changed, CoordinatorNeeded, ItemNotFound, ModelNotFound
from comptoir.inventory.queries import items
from comptoir.inventory.schemas import CreateSeveral, ItemView, SaveItem
from comptoir.inventory.services import items as services
from comptoir.sites.errors import SiteNotFound

READERS = ("desk", "inventory")
WRITERS = ("inventory",)
TAG = "Items"


class CreatedItems(msgspec.Struct, frozen=True):
    """The codes of the new items, in the order of their numbers."""

    codes: list[Code]


@post(
    "/items",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded, ModelNotFound, SiteNotFound),
    location="/items/{code}",
)
async def create_item(call: Call, data: SaveItem) -> ItemView:
    """Bring in an item; it gets a code."""
    code = await services.create_item(call.actor, data, now=call.now)
    return await items.item(call.actor, code)


@post(
    "/items/batches",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded, ModelNotFound, SiteNotFound),
)
async def create_items(call: Call, data: CreateSeveral) -> CreatedItems:
    """Bring in several items of one model, all or none of them."""
    return CreatedItems(await services.create_several(call.actor, data, now=call.now))


@get("/items/{code:str}", scopes=READERS, tag=TAG, errors=(ItemNotFound,))
async def read_item(call: Call, code: Code) -> ItemView:
    """Read an item, with what belongs to it and what is wrong with it."""
    return await items.item(call.actor, read_code(code))


@put(
    "/items/{code:str}",
    scopes=WRITERS,
    tag=TAG,
    errors=(ItemNotFound, CoordinatorNeeded, ModelNotFound, SiteNotFound, Changed),
)
async def edit_item(call: Call, code: Code, data: SaveItem) -> ItemView:
    """Replace what is known of an item.

    Its status follows from what happens to it, and is not edited.
    """
    code = read_code(code)
    await services.edit_item(call.actor, code, data, version=call.version, now=call.now)
    return await items.item(call.actor, code)


def read_code(text: str) -> str:
    """The eight letters of a code in an address.

    Raises:
        ItemNotFound: it is none, so nothing carries it.
    """
    code = codes.read(text)
    if code is None:
        raise ItemNotFound
    return code


ROUTES = [create_item, create_items, read_item, edit_item]
