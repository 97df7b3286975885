"""What sites mount: their pages, their calls, and their entries in the menu."""

from __future__ import annotations

from comptoir.core import events
from comptoir.core.accounts.errors import PlaceNotYours
from comptoir.core.accounts.tokens import TokenBound
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Role
from comptoir.core.web import NavItem
from comptoir.sites import api, hours_pages, pages, queries
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.exceptions import api as exceptions_api
from comptoir.sites.exceptions import pages as exceptions
from comptoir.sites.open_data import api as import_api
from comptoir.sites.open_data import import_pages
from comptoir.sites.open_data import pages as open_data
from comptoir.sites.public import pages as public
from comptoir.sites.rota import api as rota_api
from comptoir.sites.rota import closures as rota_closures
from comptoir.sites.rota import pages as rota
from comptoir.sites.skills import api as skills_api
from comptoir.sites.skills import pages as skills
from comptoir.sites.staff import api as staff_api
from comptoir.sites.staff import pages as staff
from comptoir.sites.visits import api as visits_api
from comptoir.sites.visits import pages as visits

ROUTES = [
    *api.ROUTES,
    *exceptions_api.ROUTES,
    *import_api.ROUTES,
    *rota_api.ROUTES,
    *skills_api.ROUTES,
    *staff_api.ROUTES,
    *visits_api.ROUTES,
    *pages.ROUTES,
    *hours_pages.ROUTES,
    *exceptions.ROUTES,
    *public.ROUTES,
    *import_pages.ROUTES,
    *open_data.ROUTES,
    *rota.ROUTES,
    *skills.ROUTES,
    *staff.ROUTES,
    *visits.ROUTES,
]

NAVIGATION = [
    NavItem(_l("Rota"), "/rota"),
    NavItem(_l("Visits"), "/visits"),
    NavItem(_l("Staff"), "/staff", Role.COORDINATOR),
    NavItem(_l("Competences"), "/settings/competences", Role.COORDINATOR, menu="account"),
    NavItem(_l("Sites"), "/settings/sites", Role.COORDINATOR, menu="account"),
]


async def _need_site_of(token: TokenBound) -> None:
    try:
        await queries.need_site(token.site_id)
    except SiteNotFound:
        raise PlaceNotYours from None


events.subscribe(TokenBound, _need_site_of)
rota_closures.register()
