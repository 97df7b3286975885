"""The item list, and the same as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.response import Stream

from comptoir.core.accounts.guards import require
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, page, redirect
from comptoir.inventory import codes
from comptoir.inventory.errors import ItemNotFound
from comptoir.inventory.export import csv_of
from comptoir.inventory.pages.wording import CHIPS, CONDITIONS, STATUSES
from comptoir.inventory.queries import catalogue, items, listing
from comptoir.inventory.schemas import CategoryView, ItemFilter, ModelSummary
from comptoir.inventory.statuses import Condition, ItemStatus
from comptoir.sites.queries import names_for

Page = Request[Principal, Any, Any]
_FIELDS = ("q", "site", "category", "model", "status", "condition")


@get("/items", guards=[require(Role.RECEPTION)])
async def item_list(request: Page) -> Response[str]:
    """Items by any mix of filters; a whole code leads to the item."""
    filters, models = Filters(request), await catalogue.models()
    categories = await catalogue.categories()
    wanted = read_filter(filters, models, categories)
    if code := await _scanned(request.user, wanted.text):
        return redirect(request, f"/items/{code}")
    found = await listing.list_items(
        request.user, wanted, models, newer=filters.after("newer"), older=filters.after("older")
    )
    chosen = {name: str(value or "") for name, value in msgspec.structs.asdict(wanted).items()}
    chosen["q"] = chosen.pop("text")
    return page(
        request,
        "inventory/items.html",
        found=found,
        chosen=chosen,
        filtered=any(chosen.values()),
        narrowed=any(chosen[name] for name in _FIELDS if name != "q"),
        query=urlencode({name: value for name, value in chosen.items() if value}),
        sites=[(site.id, site.name) for site in await names_for(request.user)],
        category_choices=[(category.id, localized(category.names)) for category in categories],
        model_choices=[(model.id, model.full_name) for model in models],
        statuses=STATUSES,
        conditions=CONDITIONS,
        chips=CHIPS,
        may_add=request.user.has_role(Role.COORDINATOR),
    )


@get("/items.csv", guards=[require(Role.RECEPTION)])
async def item_export(request: Page) -> Stream:
    """The list of these filters, all of it, for a spreadsheet."""
    filters, models = Filters(request), await catalogue.models()
    wanted = read_filter(filters, models, await catalogue.categories())
    filters.need_right()
    found = await listing.every_item(request.user, wanted, models)

    name = _("items")
    return Stream(
        csv_of(found),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def read_filter(
    filters: Filters, models: Sequence[ModelSummary], categories: Sequence[CategoryView]
) -> ItemFilter:
    """The filter of an address."""
    return ItemFilter(
        site=filters.site(),
        category=filters.identifier("category", _("Category"), [each.id for each in categories]),
        model=filters.identifier("model", _("Model"), [each.id for each in models]),
        status=filters.one_of("status", ItemStatus, _("Status")),
        condition=filters.one_of("condition", Condition, _("Condition")),
        text=filters.text("q"),
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
