"""What sites mount: their pages, their calls, and their entries in the menu."""

from __future__ import annotations

from babel.support import LazyProxy

from comptoir.core import events
from comptoir.core.accounts.errors import PlaceNotYours
from comptoir.core.accounts.tokens import TokenBound
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Role
from comptoir.core.web import NavItem
from comptoir.core.web.navigation import Group
from comptoir.sites import api, holidays_pages, hours_pages, pages, queries
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.exceptions import api as exceptions_api
from comptoir.sites.exceptions import pages as exceptions
from comptoir.sites.exceptions import services_then
from comptoir.sites.open_data import api as import_api
from comptoir.sites.open_data import import_pages
from comptoir.sites.open_data import pages as open_data
from comptoir.sites.photos import api as photos_api
from comptoir.sites.photos import pages as photos
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
    *photos_api.ROUTES,
    *rota_api.ROUTES,
    *skills_api.ROUTES,
    *staff_api.ROUTES,
    *visits_api.ROUTES,
    *pages.ROUTES,
    *hours_pages.ROUTES,
    *holidays_pages.ROUTES,
    *exceptions.ROUTES,
    *photos.ROUTES,
    *public.ROUTES,
    *import_pages.ROUTES,
    *open_data.ROUTES,
    *rota.ROUTES,
    *skills.ROUTES,
    *staff.ROUTES,
    *visits.ROUTES,
]


def _setting(label: LazyProxy, url: str, hint: LazyProxy, group: Group = "places") -> NavItem:
    return NavItem(label, url, Role.COORDINATOR, menu="settings", group=group, hint=hint)


NAVIGATION = [
    NavItem(_l("Rota"), "/rota"),
    NavItem(_l("Visits"), "/visits"),
    _setting(
        _l("Sites"),
        "/settings/sites",
        _l("Address, opening hours, closures, and the page that everybody sees."),
    ),
    _setting(
        _l("Closures and special hours"),
        "/settings/exceptions/new",
        _l("Announce a day that is not as usual, for one site or several."),
    ),
    _setting(_l("Staff"), "/staff", _l("Who works where, and as what."), "people"),
    _setting(
        _l("Competences"),
        "/settings/competences",
        _l("What somebody on the team can do or has: a workshop, the keys."),
        "people",
    ),
    _setting(
        _l("What this site needs"),
        "/rota/needs",
        _l("How many people while the door is open, and what one of them must know."),
        "people",
    ),
]


async def _need_site_of(token: TokenBound) -> None:
    try:
        await queries.need_site(token.site_id)
    except SiteNotFound:
        raise PlaceNotYours from None


events.subscribe(TokenBound, _need_site_of)
services_then.register()
rota_closures.register()
