"""The fields of a new batch, as the page that opens one and the import by file ask for them."""

from __future__ import annotations

from typing import Any

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal, Role
from comptoir.core.web.forms import FormData, id_or_none, read_day, read_hundredths
from comptoir.inventory.validation import CURRENCIES
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.funding import funders_of
from comptoir.inventory.vouchers.schemas import TakeIn
from comptoir.sites.queries import names_for

#: Inputs that are not called as the command's field is.
INPUTS = {"cost_cents": "cost"}


class BatchForm(msgspec.Struct, frozen=True):
    """What was typed. Without a price, each costs what its kind says."""

    kind: str = ""
    site: str = ""
    funder: str = ""
    order_number: str = ""
    activate_by: str = ""
    cost: str = ""
    currency: str = ""

    @classmethod
    def of(cls, data: FormData) -> BatchForm:
        """What a request sent."""
        return cls(**{name: data.text(name) for name in cls.__struct_fields__})

    def command(self) -> TakeIn:
        """The batch, still without vouchers.

        Raises:
            Invalid: a field cannot be read.
        """
        errors = []
        kind, site = id_or_none(self.kind), id_or_none(self.site)
        if kind is None:
            errors.append(FieldError("kind", "inventory.kind-missing", _("Choose the kind.")))
        if site is None:
            errors.append(FieldError("site", "inventory.site-missing", _("Choose the site.")))
        errors += field_errors(self.activate_by, self.cost)
        if kind is None or site is None or errors:
            raise Invalid(errors)
        return TakeIn(
            kind=kind,
            site=site,
            funder=self.funder,
            order_number=self.order_number,
            activate_by=read_day(self.activate_by),
            cost_cents=read_hundredths(self.cost),
            currency=self.currency or None,
        )


def field_errors(activate_by: str, cost: str) -> list[FieldError]:
    """What of a batch cannot be read as it was typed."""
    errors = []
    if activate_by and read_day(activate_by) is None:
        text = _("Enter a date of the calendar.")
        errors.append(FieldError("activate_by", "inventory.day-invalid", text))
    if cost and read_hundredths(cost) is None:
        text = _("Enter a price such as 899.50.")
        errors.append(FieldError("cost", "inventory.price-invalid", text))
    return errors


async def choices(actor: Principal) -> dict[str, Any]:
    """What the fields offer: kinds in use, and the sites that the actor coordinates."""
    return {
        "kinds": [
            (kind.id, localized(kind.names)) for kind in await queries.kinds(active_only=True)
        ],
        "sites": [
            (site.id, site.name)
            for site in await names_for(actor)
            if actor.has_role(Role.COORDINATOR, site.id)
        ],
        "currencies": [(currency, currency) for currency in CURRENCIES],
        "funders": await known_funders(actor),
    }


async def known_funders(actor: Principal) -> list[str]:
    """Who paid for vouchers before, to be written alike: a report is of one spelling."""
    return [name for name in await funders_of(actor) if name]


def first_site(actor: Principal) -> str:
    """The site one works at, as the form begins with it."""
    return str(actor.site_id) if actor.site_id else ""
