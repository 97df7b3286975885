"""Items: what they are."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import (
    Call,
    Code,
    Csv,
    Cursor,
    Limit,
    Page,
    PageQuery,
    TimelineEvent,
    decode_cursor,
    get,
    page_of,
    post,
    put,
    timeline_page,
)
from comptoir.inventory import codes
from comptoir.inventory.errors import Changed, CoordinatorNeeded, ItemNotFound, ModelNotFound
from comptoir.inventory.export import csv_of
from comptoir.inventory.queries import catalogue, items, listing
from comptoir.inventory.schemas import CreateSeveral, ItemFilter, ItemRow, ItemView, SaveItem
from comptoir.inventory.services import items as services
from comptoir.inventory.statuses import Condition, ItemStatus
from comptoir.inventory.timeline import item_lines
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.queries import site_names

READERS = ("desk", "inventory")
WRITERS = ("inventory",)
TAG = "Items"


class CreatedItems(msgspec.Struct, frozen=True):
    """The codes of the new items, in the order of their numbers."""

    codes: list[Code]


class WantedItems(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which items."""

    site: (
        Annotated[UUID, msgspec.Meta(description="Belongs there, is there, or is on its way.")]
        | None
    ) = None
    category: Annotated[UUID, msgspec.Meta(description="The id of a category.")] | None = None
    model: Annotated[UUID, msgspec.Meta(description="The id of a model.")] | None = None
    status: (
        Annotated[
            ItemStatus,
            msgspec.Meta(description="Without it and a text, retired ones are left out."),
        ]
        | None
    ) = None
    condition: Annotated[Condition, msgspec.Meta(description="How worn they are.")] | None = None
    text: Annotated[
        str, msgspec.Meta(max_length=200, description="Words of code, number, model or notes.")
    ] = ""

    def filter(self) -> ItemFilter:
        """The same for a query."""
        return ItemFilter(
            site=self.site,
            category=self.category,
            model=self.model,
            status=self.status,
            condition=self.condition,
            text=self.text,
        )


class ItemsQuery(WantedItems, frozen=True, kw_only=True):
    """The same, page by page."""

    limit: Limit = 50
    cursor: Cursor = None


@get("/items", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def list_items(call: Call, query: ItemsQuery) -> Page[ItemRow]:
    """List items, newest first, of the token's sites."""
    rows = await listing.items_after(
        call.actor,
        query.filter(),
        await catalogue.models(),
        older=decode_cursor(query.cursor, UUID),
        limit=query.limit + 1,
    )
    return page_of(rows, query.limit, key=lambda row: row.id)


@get("/items.csv", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def export_items(call: Call, query: WantedItems) -> Csv:
    """Export items, all of them, as the file for spreadsheets that the pages give.

    UTF-8 with a mark at its front, semicolons, a line of column names, and words in
    the language of `Accept-Language`: it is for people. A text that a spreadsheet
    would calculate has an apostrophe before it. For programs, `GET /api/v1/items`
    gives the same fields as they are.
    """
    found = await listing.every_item(call.actor, query.filter(), await catalogue.models())
    return Csv(csv_of(found), "items.csv")


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


@get("/items/{code:str}/timeline", scopes=READERS, tag=TAG, errors=(ItemNotFound,))
async def list_item_events(call: Call, code: Code, query: PageQuery) -> Page[TimelineEvent]:
    """List what happened to an item, the latest first, its loans included.

    Who of the staff did it is not told.
    """
    item = await items.item(call.actor, read_code(code))
    lines = await item_lines(
        item.id,
        await site_names(),
        before=decode_cursor(query.cursor, UUID),
        limit=query.limit + 1,
    )
    return timeline_page(lines, query.limit)


def read_code(text: str) -> str:
    """The eight letters of a code in an address.

    Raises:
        ItemNotFound: it is none, so nothing carries it.
    """
    code = codes.read(text)
    if code is None:
        raise ItemNotFound
    return code


ROUTES = [
    list_items,
    export_items,
    create_item,
    create_items,
    read_item,
    edit_item,
    list_item_events,
]
