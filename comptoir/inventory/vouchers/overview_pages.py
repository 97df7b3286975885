"""The page of the stock of vouchers: what lies where, and for how long it lasts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, page, redirect
from comptoir.core.web.forms import FormData
from comptoir.inventory.permissions import may_manage
from comptoir.inventory.vouchers.errors import VoucherKindNotFound
from comptoir.inventory.vouchers.levels import LevelOutOfRange, SetLevel, set_level
from comptoir.inventory.vouchers.overview import stock_of
from comptoir.inventory.vouchers.reveal_counts import A_DAY, given_often, shown_often
from comptoir.inventory.vouchers.transfers import parcels_by_site
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.queries import SitePlace, names_for, site

Page = Request[Principal, Any, Any]


@get("/vouchers", guards=[require(Role.RECEPTION)])
async def voucher_stock(request: Page) -> Response[str]:
    """The drawers of one's sites."""
    return await _page(request)


async def _page(request: Page, invalid: Invalid | None = None, form: Any = None) -> Response[str]:
    actor = request.user
    filters = Filters(request)
    site_id, after = filters.site(), filters.after("after")
    place = SitePlace((await site(after, actor)).name, after) if after else None
    now = clock.now()
    stock, following = await stock_of(actor, site_id=site_id, after=place, now=now)
    managed = [each.site_id for each in stock if may_manage(actor, each.site_id)]
    return page(
        request,
        "inventory/vouchers/stock.html",
        status=422 if invalid else 200,
        errors=invalid.errors if invalid else [],
        form=form,
        stock=stock,
        site_id=str(site_id or ""),
        sites=[(str(each.id), each.name) for each in await names_for(actor)],
        shown_often=await shown_often(managed, within=A_DAY, now=now),
        given_often=await given_often(managed, now=now),
        parcels=await parcels_by_site([each.site_id for each in stock]),
        manages=managed,
        coordinator=actor.has_role(Role.COORDINATOR),
        next_url=f"/vouchers?{urlencode({'after': following.id})}" if following else None,
        first_url="/vouchers" if after else None,
    )


@post("/vouchers/levels", guards=[require(Role.COORDINATOR)])
async def save_level(request: Page) -> Response[str]:
    """Set from how many on downwards a kind is low at a site."""
    form = await FormData.of(request)
    site_id, kind_id = form.identifier("site"), form.identifier("kind")
    if site_id is None:
        raise SiteNotFound
    if kind_id is None:
        raise VoucherKindNotFound
    text = form.text("low")
    try:
        if text and not (text.isascii() and text.isdecimal() and len(text) < 6):
            raise LevelOutOfRange
        command = SetLevel(site_id, kind_id, int(text) if text else None)
        await set_level(request.user, command, now=clock.now())
    except Invalid as invalid:
        return await _page(request, invalid, (site_id, kind_id, text))
    return redirect(request, f"/vouchers?site={site_id}", flash=Flash("ok", _("Saved.")))


ROUTES = [voucher_stock, save_level]
