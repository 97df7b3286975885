"""Private calendar links: making them, and the calendar that programs fetch by one."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath

from comptoir.core import clock, ical
from comptoir.core.accounts.guards import ANONYMOUS, require
from comptoir.core.principal import Role
from comptoir.core.web import page
from comptoir.core.web.forms import FormData
from comptoir.core.web.shell import shell_of
from comptoir.sites.chosen import chosen_site
from comptoir.sites.rota import links
from comptoir.sites.rota.pages.places import Page

RECEPTION = [require(Role.RECEPTION)]
COORDINATOR = [require(Role.COORDINATOR)]


@get("/rota/links", guards=RECEPTION)
async def show_links(request: Page) -> Response[str]:
    """Whether there are links, and the buttons that make them."""
    chosen = await chosen_site(request, request.query_params.get("site", ""))
    made = await links.links(request.user, chosen.id)
    return page(request, "sites/rota_links.html", chosen=chosen, made=made)


@post("/rota/links/own", guards=RECEPTION, status_code=200)
async def renew_own_link(request: Page) -> Response[str]:
    """Make the link of one's own shifts; it is shown on this page and never again."""
    token = await links.renew_own_link(request.user, now=clock.now())
    return _made(request, token)


@post("/rota/links/site", guards=COORDINATOR, status_code=200)
async def renew_site_link(request: Page) -> Response[str]:
    """Make the link of a site's rota; it is shown on this page and never again."""
    data = await FormData.of(request)
    chosen = await chosen_site(request, data.text("site"))
    token = await links.renew_site_link(request.user, chosen.id, now=clock.now())
    return _made(request, token)


@get("/rota/links/{token:str}/rota.ics", opt=ANONYMOUS, include_in_schema=False)
async def calendar(request: Page, token: FromPath[str]) -> Response[bytes]:
    """The calendar of a link. Whoever has it needs no account."""
    file = await links.calendar_of(token, now=clock.now())
    return Response(file, media_type=ical.MEDIA_TYPE)


def _made(request: Page, token: str) -> Response[str]:
    url = shell_of(request.app).settings.base_url + links.path_of(token)
    return page(request, "sites/rota_link_made.html", url=url)


ROUTES = [show_links, renew_own_link, renew_site_link, calendar]
