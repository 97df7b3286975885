"""Bringing in one item, and correcting what is known of one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData, in_form, shown_again, status_of_form
from comptoir.core.web.once import done_once
from comptoir.inventory.errors import CoordinatorNeeded
from comptoir.inventory.pages.basics import BASICS_INPUTS, BasicsForm, choices, read_basics
from comptoir.inventory.pages.detail import read_code
from comptoir.inventory.permissions import may_manage
from comptoir.inventory.queries import items
from comptoir.inventory.schemas import ItemView, SaveItem
from comptoir.inventory.services.items import create_item, edit_item

Page = Request[Principal, Any, Any]

#: Inputs that are not called as the command's field is.
NUMBER_INPUTS = {r"imeis\[0\]": "imei_1", r"imeis\[1\]": "imei_2"}


class ItemForm(BasicsForm, frozen=True):
    """The fields of an item's form, as they were typed."""

    serial: str = ""
    imei_1: str = ""
    imei_2: str = ""
    version: str = ""

    @classmethod
    def of_item(cls, item: ItemView) -> ItemForm:
        """What is kept of an item."""
        price = "" if item.price_cents is None else f"{Decimal(item.price_cents) / 100:.2f}"
        first, second = (*item.imeis, "", "")[:2]
        return cls(
            model=str(item.model.id),
            home_site=str(item.home_site.id),
            serial=item.serial,
            imei_1=first,
            imei_2=second,
            condition=item.condition,
            funder=item.funder,
            purchased_on=item.purchased_on.isoformat() if item.purchased_on else "",
            price=price,
            currency=item.currency,
            notes=item.notes,
            version=str(item.version),
        )

    def command(self) -> SaveItem:
        """The command.

        Raises:
            Invalid: a field cannot be read.
        """
        values = read_basics(self)
        return SaveItem(serial=self.serial, imeis=(self.imei_1, self.imei_2), **values)


@get("/items/new", guards=[require(Role.COORDINATOR)])
async def new_item(request: Page) -> Response[str]:
    """The empty form of an item, for the site one works at."""
    site = request.user.site_id
    form = ItemForm(
        home_site=str(site) if site else "", model=request.query_params.get("model", "")
    )
    return await _form(request, form, [])


@post("/items/new", guards=[require(Role.COORDINATOR)])
async def add_item(request: Page) -> Response[str]:
    """Bring in one item."""
    data = await FormData.of(request)
    form = ItemForm.of(data)
    try:
        command, now = form.command(), clock.now()
        code = await done_once(
            request, lambda: create_item(request.user, command, now=now), now=now
        )
    except Invalid as invalid:
        return await _form(request, form, invalid.errors)
    flash = Flash("ok", _("Brought in. Print its label and stick it on."))
    return redirect(request, f"/items/{code}", flash=flash)


@get("/items/{code:str}/edit", guards=[require(Role.COORDINATOR)])
async def edit_form(request: Page, code: FromPath[str]) -> Response[str]:
    """The form of an item that exists."""
    item = await items.item(request.user, read_code(code))
    if not may_manage(request.user, item.home_site.id, item.present_site.id):
        raise CoordinatorNeeded
    return await _form(request, ItemForm.of_item(item), [], item=item)


@post("/items/{code:str}/edit", guards=[require(Role.COORDINATOR)])
async def save_item(request: Page, code: FromPath[str]) -> Response[str]:
    """Correct what is known of an item."""
    data, code = await FormData.of(request), read_code(code)
    form, version = ItemForm.of(data), data.whole("version") or 0
    try:
        await edit_item(request.user, code, form.command(), version=version, now=clock.now())
    except (Invalid, PreconditionFailed) as error:
        item = await items.item(request.user, code)
        errors, version = shown_again(error, sent=version, saved=item.version)
        form = msgspec.structs.replace(form, version=str(version))
        return await _form(request, form, errors, item=item)
    return redirect(request, f"/items/{code}", flash=Flash("ok", _("Saved.")))


async def _form(
    request: Page, form: ItemForm, errors: Sequence[FieldError], item: ItemView | None = None
) -> Response[str]:
    return page(
        request,
        "inventory/item_form.html",
        status=status_of_form(errors),
        form=form,
        errors=in_form(errors, BASICS_INPUTS | NUMBER_INPUTS),
        item=item,
        **await choices(request.user, item),
    )


ROUTES = [new_item, add_item, edit_form, save_item]
