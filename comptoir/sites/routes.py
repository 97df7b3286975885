"""What sites mount: their pages, their calls, and their entries in the menu."""

from __future__ import annotations

from comptoir.core import events
from comptoir.core.accounts.errors import PlaceNotYours
from comptoir.core.accounts.tokens import TokenBound
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Role
from comptoir.core.web import NavItem
from comptoir.sites import api, pages, queries
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.exceptions import api as exceptions_api
from comptoir.sites.exceptions import pages as exceptions
from comptoir.sites.staff import api as staff_api
from comptoir.sites.staff import pages as staff

ROUTES = [
    *api.ROUTES,
    *exceptions_api.ROUTES,
    *staff_api.ROUTES,
    *pages.ROUTES,
    *exceptions.ROUTES,
    *staff.ROUTES,
]

NAVIGATION = [
    NavItem(_l("Staff"), "/staff", Role.COORDINATOR),
    NavItem(_l("Sites"), "/settings/sites", Role.COORDINATOR, menu="account"),
]


async def _need_site_of(token: TokenBound) -> None:
    try:
        await queries.need_site(token.site_id)
    except SiteNotFound:
        raise PlaceNotYours from None


events.subscribe(TokenBound, _need_site_of)
