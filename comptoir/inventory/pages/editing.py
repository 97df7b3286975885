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
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData, id_or_none, in_form, read_day, read_hundredths
from comptoir.inventory.errors import CoordinatorNeeded
from comptoir.inventory.pages.detail import read_code
from comptoir.inventory.pages.wording import CONDITIONS
from comptoir.inventory.permissions import may_manage
from comptoir.inventory.queries import catalogue, items
from comptoir.inventory.schemas import ItemView, SaveItem
from comptoir.inventory.services.items import create_item, edit_item
from comptoir.inventory.statuses import Condition
from comptoir.inventory.validation import CURRENCIES
from comptoir.sites.queries import names_for, site_names

Page = Request[Principal, Any, Any]

#: Inputs that are not called as the command's field is.
BASICS_INPUTS = {"price_cents": "price"}
NUMBER_INPUTS = {r"imeis\[0\]": "imei_1", r"imeis\[1\]": "imei_2"}


class ItemForm(msgspec.Struct, frozen=True):
    """The fields of an item's form, as they were typed."""

    model: str = ""
    home_site: str = ""
    serial: str = ""
    imei_1: str = ""
    imei_2: str = ""
    condition: str = Condition.GOOD
    funder: str = ""
    purchased_on: str = ""
    price: str = ""
    currency: str = "CHF"
    notes: str = ""
    version: str = ""

    @classmethod
    def of(cls, form: FormData) -> ItemForm:
        """What a request sent."""
        return cls(**{name: form.text(name) for name in cls.__struct_fields__})

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


def read_basics(form: Any) -> dict[str, Any]:
    """What items have in common, from a form with the fields of ``ItemForm``.

    Raises:
        Invalid: a field cannot be read.
    """
    errors = []
    model, site = id_or_none(form.model), id_or_none(form.home_site)
    if model is None:
        errors.append(FieldError("model", "inventory.model-missing", _("Choose the model.")))
    if site is None:
        errors.append(FieldError("home_site", "inventory.site-missing", _("Choose the site.")))
    day, price = read_day(form.purchased_on), read_hundredths(form.price)
    if form.purchased_on and day is None:
        errors.append(
            FieldError("purchased_on", "inventory.day-invalid", _("Enter a date of the calendar."))
        )
    if form.price and price is None:
        errors.append(
            FieldError("price", "inventory.price-invalid", _("Enter a price such as 899.50."))
        )
    if errors:
        raise Invalid(errors)
    return {
        "model": model,
        "home_site": site,
        "condition": Condition(form.condition) if form.condition in CONDITIONS else Condition.GOOD,
        "funder": form.funder,
        "purchased_on": day,
        "price_cents": price,
        "currency": form.currency,
        "notes": form.notes,
    }


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
        code = await create_item(request.user, form.command(), now=clock.now())
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
    form = ItemForm.of(data)
    try:
        await edit_item(
            request.user,
            code,
            form.command(),
            version=data.whole("version") or 0,
            now=clock.now(),
        )
    except Invalid as invalid:
        item = await items.item(request.user, code)
        return await _form(request, form, invalid.errors, item=item)
    return redirect(request, f"/items/{code}", flash=Flash("ok", _("Saved.")))


async def _form(
    request: Page, form: ItemForm, errors: Sequence[FieldError], item: ItemView | None = None
) -> Response[str]:
    return page(
        request,
        "inventory/item_form.html",
        status=422 if errors else 200,
        form=form,
        errors=in_form(errors, BASICS_INPUTS | NUMBER_INPUTS),
        item=item,
        **await choices(request.user, item),
    )


async def choices(actor: Principal, item: ItemView | None = None) -> dict[str, Any]:
    """What the selects of an item's form offer: an item may be given to any site."""
    sites = await (site_names() if item else names_for(actor))
    models = await catalogue.models()
    return {
        "sites": [(site.id, site.name) for site in sites],
        "models": [
            model for model in models if model.active or (item and item.model.id == model.id)
        ],
        "conditions": CONDITIONS,
        "currencies": [(currency, currency) for currency in CURRENCIES],
    }


ROUTES = [new_item, add_item, edit_form, save_item]
