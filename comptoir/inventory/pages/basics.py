"""What the forms of one item and of several have in common."""

from __future__ import annotations

from typing import Any, Self

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal
from comptoir.core.web.forms import FormData, choice_error, id_or_none, read_day, read_hundredths
from comptoir.inventory.pages.wording import CONDITIONS
from comptoir.inventory.queries import catalogue
from comptoir.inventory.schemas import ItemView
from comptoir.inventory.statuses import Condition
from comptoir.inventory.validation import CURRENCIES
from comptoir.sites.queries import names_for, site_names

#: Inputs that are not called as the command's field is.
BASICS_INPUTS = {"price_cents": "price"}


class BasicsForm(msgspec.Struct, frozen=True):
    """What all items that come in together share, as it was typed."""

    model: str = ""
    home_site: str = ""
    condition: str = Condition.GOOD
    funder: str = ""
    purchased_on: str = ""
    price: str = ""
    currency: str = "CHF"
    notes: str = ""

    @classmethod
    def of(cls, form: FormData) -> Self:
        """What a request sent."""
        return cls(**{name: form.text(name) for name in cls.__struct_fields__})


def read_basics(form: BasicsForm) -> dict[str, Any]:
    """What items have in common, as the fields of a command.

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
    if form.condition not in ("", *CONDITIONS):
        errors.append(choice_error("condition"))
    if errors:
        raise Invalid(errors)
    return {
        "model": model,
        "home_site": site,
        "condition": Condition(form.condition or Condition.GOOD),
        "funder": form.funder,
        "purchased_on": day,
        "price_cents": price,
        "currency": form.currency,
        "notes": form.notes,
    }


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
