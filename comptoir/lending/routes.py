"""What lending mounts: its pages, its calls, and its entries in the menu."""

from __future__ import annotations

from comptoir.core.i18n import lazy as _l
from comptoir.core.web import NavItem
from comptoir.lending import agreement_pages, api, timeline
from comptoir.lending.desk import pages as desk
from comptoir.lending.loans import pages as loans

ROUTES = [*api.ROUTES, *desk.ROUTES, *loans.ROUTES, *agreement_pages.ROUTES]

NAVIGATION = [
    NavItem(_l("Desk"), "/desk"),
    NavItem(_l("Loans"), "/loans"),
]

timeline.describe_all()
