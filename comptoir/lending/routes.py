"""What lending mounts: its pages, its calls, and its entries in the menu."""

from __future__ import annotations

from comptoir.core import jobs
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Role
from comptoir.core.web import NavItem
from comptoir.core.web import panels as slots
from comptoir.inventory.vouchers import parcel_pages
from comptoir.lending import agreement_pages, api, errors, panels, timeline
from comptoir.lending.borrowers import pages as borrowers
from comptoir.lending.borrowers import person_pages as person
from comptoir.lending.closures import horizons, moving, preview
from comptoir.lending.closures import pages as closures
from comptoir.lending.desk import buttons, giving, keeping, newcomers, return_sites
from comptoir.lending.desk import pages as desk
from comptoir.lending.desk.answer import SLOT as DESK
from comptoir.lending.loans import endings, loan_pages
from comptoir.lending.loans import pages as loans
from comptoir.lending.policies import pages as policies
from comptoir.lending.vouchers import aside_pages, aside_then, held_panel, policy_pages, showing
from comptoir.lending.vouchers import pages as vouchers
from comptoir.lending.vouchers.lapsing import LAPSING

ROUTES = [
    *api.ROUTES,
    *desk.ROUTES,
    *buttons.ROUTES,
    *giving.ROUTES,
    *keeping.ROUTES,
    *newcomers.ROUTES,
    *return_sites.ROUTES,
    *loans.ROUTES,
    *loan_pages.ROUTES,
    *closures.ROUTES,
    *agreement_pages.ROUTES,
    *borrowers.ROUTES,
    *person.ROUTES,
    *policies.ROUTES,
    *policy_pages.ROUTES,
    *vouchers.ROUTES,
    *aside_pages.ROUTES,
]

NAVIGATION = [
    NavItem(_l("Desk"), "/desk"),
    NavItem(_l("Loans"), "/loans"),
    NavItem(_l("Borrowers"), "/borrowers"),
    NavItem(
        _l("Lending rules"),
        "/settings/policies",
        Role.COORDINATOR,
        menu="settings",
        group="lending",
        hint=_l("For how long, how many, how often renewed, signed or not."),
    ),
    NavItem(
        _l("Rules for vouchers"),
        "/settings/voucher-policies",
        Role.COORDINATOR,
        menu="settings",
        group="lending",
        hint=_l("Who may be given which, and how many."),
    ),
    NavItem(
        _l("Groups of borrowers"),
        "/settings/groups",
        Role.COORDINATOR,
        menu="settings",
        group="lending",
        hint=_l("Who is lent things by rules of their own."),
    ),
]

timeline.describe_all()
moving.register()
horizons.register()
preview.register()
errors.explain_codes()
panels.register()
slots.register(DESK, parcel_pages.at_desk)
showing.register()
vouchers.register()
aside_pages.register()
aside_then.register()
held_panel.register()
endings.register()
jobs.register(LAPSING)
