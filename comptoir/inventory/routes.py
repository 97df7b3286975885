"""What the inventory mounts: its pages, its calls, and its entries in the menu."""

from __future__ import annotations

from comptoir.core.i18n import lazy as _l
from comptoir.core.web import NavItem
from comptoir.inventory import api, timeline
from comptoir.inventory.pages import detail, editing, found, labels, lists, several

ROUTES = [
    *api.ROUTES,
    *lists.ROUTES,
    *labels.ROUTES,
    *several.ROUTES,
    *editing.ROUTES,
    *detail.ROUTES,
    *found.ROUTES,
]

NAVIGATION = [NavItem(_l("Items"), "/items")]

timeline.describe_all()
