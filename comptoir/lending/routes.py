"""What lending mounts: its pages, its calls, and its entries in the menu."""

from __future__ import annotations

from comptoir.core.i18n import lazy as _l
from comptoir.core.web import NavItem
from comptoir.lending import agreement_pages, api, panels, timeline
from comptoir.lending.borrowers import pages as borrowers
from comptoir.lending.borrowers import person_pages as person
from comptoir.lending.desk import pages as desk
from comptoir.lending.loans import pages as loans

ROUTES = [
    *api.ROUTES,
    *desk.ROUTES,
    *loans.ROUTES,
    *agreement_pages.ROUTES,
    *borrowers.ROUTES,
    *person.ROUTES,
]

NAVIGATION = [
    NavItem(_l("Desk"), "/desk"),
    NavItem(_l("Loans"), "/loans"),
    NavItem(_l("Borrowers"), "/borrowers"),
]

timeline.describe_all()
panels.register()
