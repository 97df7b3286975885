"""The item list, and the same as a file for a spreadsheet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get
from litestar.response import Stream

from comptoir.core.accounts.guards import require
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal, Role
from comptoir.core.web import page, redirect
from comptoir.core.web.forms import id_or_none
from comptoir.inventory import codes
from comptoir.inventory.errors import ItemNotFound
from comptoir.inventory.export import csv_of
from comptoir.inventory.pages.wording import CHIPS, CONDITIONS, STATUSES
from comptoir.inventory.queries import catalogue, items, listing
from comptoir.inventory.schemas import ItemFilter
from comptoir.inventory.statuses import Condition, ItemStatus
from comptoir.sites.queries import names_for

Page = Request[Principal, Any, Any]
_FIELDS = ("q", "site", "category", "model", "status", "condition")


@get("/items", guards=[require(Role.RECEPTION)])
async def item_list(request: Page) -> Response[str]:
    """Items by any mix of filters; a whole code leads to the item."""
    wanted = read_filter(request)
    if code := await _scanned(request.user, wanted.text):
        return redirect(request, f"/items/{code}")
    models = await catalogue.models()
    found = await listing.list_items(
        request.user,
        wanted,
        models,
        newer=id_or_none(request.query_params.get("newer", "")),
        older=id_or_none(request.query_params.get("older", "")),
    )
    chosen = {name: request.query_params.get(name, "") for name in _FIELDS}
    return page(
        request,
        "inventory/items.html",
        found=found,
        chosen=chosen,
        filtered=any(chosen.values()),
        narrowed=any(chosen[name] for name in _FIELDS if name != "q"),
        query=urlencode({name: value for name, value in chosen.items() if value}),
        sites=[(site.id, site.name) for site in await names_for(request.user)],
        category_choices=[
            (category.id, localized(category.names)) for category in await catalogue.categories()
        ],
        model_choices=[(model.id, model.full_name) for model in models],
        statuses=STATUSES,
        conditions=CONDITIONS,
        chips=CHIPS,
        may_add=request.user.has_role(Role.COORDINATOR),
    )


@get("/items.csv", guards=[require(Role.RECEPTION)])
async def item_export(request: Page) -> Stream:
    """The list of these filters, all of it, for a spreadsheet."""
    models = await catalogue.models()
    found = await listing.every_item(request.user, read_filter(request), models)

    name = _("items")
    return Stream(
        csv_of(found),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def read_filter(request: Page) -> ItemFilter:
    """The filter of an address; what it does not understand does not matter."""
    given = request.query_params

    def known_id(name: str) -> UUID | None:
        return id_or_none(given.get(name, ""))

    status, condition = given.get("status", ""), given.get("condition", "")
    return ItemFilter(
        site=known_id("site"),
        category=known_id("category"),
        model=known_id("model"),
        status=ItemStatus(status) if status in STATUSES else None,
        condition=Condition(condition) if condition in CONDITIONS else None,
        text=given.get("q", "")[:200],
    )


async def _scanned(actor: Principal, text: str) -> str | None:
    """The code that was scanned or typed, if the actor may know of its item."""
    code = codes.read(text)
    if code is None:
        return None
    try:
        return (await items.item(actor, code)).code
    except ItemNotFound:
        return None


ROUTES = [item_list, item_export]
