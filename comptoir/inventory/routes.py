"""What the inventory mounts: its pages, its calls, and its entries in the menu."""

from __future__ import annotations

from comptoir.core import jobs
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Role
from comptoir.core.web import NavItem
from comptoir.inventory import api, errors, stock, timeline
from comptoir.inventory.pages import (
    categories,
    detail,
    editing,
    found,
    labels,
    lists,
    models,
    several,
)
from comptoir.inventory.vouchers import api as voucher_api
from comptoir.inventory.vouchers import (
    batch_pages,
    correcting_pages,
    count_pages,
    detail_pages,
    export_pages,
    funding_pages,
    import_pages,
    kind_pages,
    overview_pages,
    parcel_pages,
    reveal_api,
    reveal_pages,
    stock_api,
)
from comptoir.inventory.vouchers import errors as voucher_errors
from comptoir.inventory.vouchers.activations import api as activation_api
from comptoir.inventory.vouchers.activations import pages as activation_pages
from comptoir.inventory.vouchers.expiring import EXPIRING

ROUTES = [
    *api.ROUTES,
    *reveal_api.ROUTES,
    *reveal_pages.ROUTES,
    *lists.ROUTES,
    *labels.ROUTES,
    *several.ROUTES,
    *editing.ROUTES,
    *detail.ROUTES,
    *found.ROUTES,
    *categories.ROUTES,
    *models.ROUTES,
    *overview_pages.ROUTES,
    *funding_pages.ROUTES,
    *detail_pages.ROUTES,
    *export_pages.ROUTES,
    *parcel_pages.ROUTES,
    *count_pages.ROUTES,
    *voucher_api.ROUTES,
    *stock_api.ROUTES,
    *kind_pages.ROUTES,
    *batch_pages.ROUTES,
    *correcting_pages.ROUTES,
    *import_pages.ROUTES,
    *activation_pages.ROUTES,
    *activation_api.ROUTES,
]

NAVIGATION = [
    NavItem(_l("Items"), "/items"),
    NavItem(_l("Vouchers"), "/vouchers"),
    NavItem(
        _l("Models"),
        "/settings/models",
        Role.COORDINATOR,
        menu="settings",
        group="items",
        hint=_l("What an item is called, and what belongs to it."),
    ),
    NavItem(
        _l("Categories"),
        "/settings/categories",
        Role.COORDINATOR,
        menu="settings",
        group="items",
        hint=_l("Kinds of things, such as laptops. A lending rule is for a category."),
    ),
    NavItem(
        _l("Kinds of vouchers"),
        "/settings/voucher-kinds",
        Role.COORDINATOR,
        menu="settings",
        group="items",
        hint=_l("SIM cards, top-ups, Wi-Fi codes: what they cost, and how they are used."),
    ),
]

timeline.describe_all()
errors.explain_codes()
stock.register()
voucher_errors.explain_codes()
jobs.register(EXPIRING)
