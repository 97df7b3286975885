"""Pages for whoever finds an item or a borrower's card, by the code on it.

QR codes hold their address in capitals, so both ``/t/`` and ``/T/`` lead here,
and the code may be written in any way. A card's page is the same whatever the
code: it tells nobody whether the card exists. Both are light and set no cookie, as
whoever finds something may have an old phone.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import PLAIN
from comptoir.core.errors import NotFound
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import SYSTEM, Principal, Role
from comptoir.core.web import principal_of, redirect, speak_publicly, unlisted_page
from comptoir.core.web.context import chosen_language, in_languages
from comptoir.inventory import codes
from comptoir.inventory.permissions import reads_item
from comptoir.inventory.queries.found import FoundItem, found_item
from comptoir.sites import queries as sites
from comptoir.sites.public.views import public_places
from comptoir.sites.schemas import SiteView

Page = Request[Any, Any, Any]
#: Of more places, the finder of a card looks for the nearest.
_MOST_PLACES = 5


class TagUnknown(NotFound):
    """No item has this code."""

    code = "inventory.tag-unknown"

    def message(self) -> str:
        return _("We do not know this code. Check the eight letters on the label.")


class CardUnknown(NotFound):
    """No card has this code."""

    code = "inventory.card-unknown"

    def message(self) -> str:
        return _("This is not the code of one of our cards. Check the eight letters on the card.")


@get(["/t/{code:str}", "/T/{code:str}"], opt=PLAIN, include_in_schema=False)
async def found(request: Page, code: FromPath[str]) -> Response[str]:
    """Whose an item is, and where to bring it. Staff see the item."""
    letters = codes.read(code)
    item = await found_item(letters) if letters else None
    if letters is None or item is None:
        raise TagUnknown
    if await _is_for(principal_of(request.scope), item):
        return redirect(request, f"/items/{letters}")
    site = await sites.site(item.home_site)
    # The same for each of a site's items: where one is due would tell of its loan.
    nearer = await sites.others_are_public(site.id)
    return await _found(request, "inventory/found.html", [site], nearer=nearer)


@get(["/b/{code:str}", "/B/{code:str}"], opt=PLAIN, include_in_schema=False)
async def found_card(request: Page, code: FromPath[str]) -> Response[str]:
    """Where to bring a card. The same for every code that could be one."""
    if codes.read(code) is None:
        raise CardUnknown
    places = await sites.sites_of(SYSTEM, after=None, limit=_MOST_PLACES + 1)
    nearer = len(places) > _MOST_PLACES and await sites.others_are_public()
    places = [] if nearer else places[:_MOST_PLACES]
    return await _found(request, "inventory/found_card.html", places, nearer=nearer)


async def _found(
    request: Page, template: str, places: list[SiteView], *, nearer: bool
) -> Response[str]:
    """A page for a finder, as light as the public ones; ``nearer``: it asks for a postcode."""
    speak_publicly(request)
    return unlisted_page(
        request,
        template,
        headers={"X-Robots-Tag": "noindex, nofollow"},
        places=await public_places(places, now=clock.now()),
        nearer=nearer,
        languages=in_languages(request),
        lang=chosen_language(request),
    )


async def _is_for(principal: Principal | None, item: FoundItem) -> bool:
    return (
        principal is not None
        and principal.has_role(Role.RECEPTION)
        and await reads_item(principal, item.id, item.sites)
    )


ROUTES = [found, found_card]
