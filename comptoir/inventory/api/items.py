"""Items."""

from __future__ import annotations

from comptoir.core.api import Call, Code, get
from comptoir.inventory import codes
from comptoir.inventory.errors import ItemNotFound
from comptoir.inventory.queries import items
from comptoir.inventory.schemas import ItemView

#: Who may read items, beside tokens for reading.
READERS = ("desk", "inventory")


@get("/items/{code:str}", scopes=READERS, tag="Items", errors=(ItemNotFound,))
async def read_item(call: Call, code: Code) -> ItemView:
    """Read an item, with what belongs to it and what is wrong with it."""
    return await items.item(call.actor, read_code(code))


def read_code(text: str) -> str:
    """The eight letters of a code in an address.

    Raises:
        ItemNotFound: it is none, so nothing carries it.
    """
    code = codes.read(text)
    if code is None:
        raise ItemNotFound
    return code


ROUTES = [read_item]
