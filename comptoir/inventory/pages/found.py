"""Pages for whoever finds an item or a borrower's card, by the code on it.

QR codes hold their address in capitals, so both ``/t/`` and ``/T/`` lead here,
and the code may be written in any way. A card's page is the same whatever the
code: it tells nobody whether the card exists.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import PUBLIC
from comptoir.core.errors import NotFound
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import page, principal_of, redirect
from comptoir.inventory import codes
from comptoir.inventory.permissions import reads_item
from comptoir.inventory.queries.found import FoundItem, found_item
from comptoir.sites import queries as sites
from comptoir.sites.places import public_places

Page = Request[Any, Any, Any]
_NO_ROBOTS = {"X-Robots-Tag": "noindex, nofollow"}


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


@get(["/t/{code:str}", "/T/{code:str}"], opt=PUBLIC, include_in_schema=False)
async def found(request: Page, code: FromPath[str]) -> Response[str]:
    """Whose an item is, and where to bring it. Staff see the item."""
    letters = codes.read(code)
    item = await found_item(letters) if letters else None
    if letters is None or item is None:
        raise TagUnknown
    if await _is_for(principal_of(request.scope), item):
        return redirect(request, f"/items/{letters}")
    site = await sites.site(item.home_site)
    return page(
        request,
        "inventory/found.html",
        headers=_NO_ROBOTS,
        owner=site.organisation,
        places=await public_places([site], now=clock.now()),
        # The same for each of a site's items: where one is due would tell of its loan.
        nearer=any(other.id != site.id for other in await sites.public_names()),
    )


@get(["/b/{code:str}", "/B/{code:str}"], opt=PUBLIC, include_in_schema=False)
async def found_card(request: Page, code: FromPath[str]) -> Response[str]:
    """Where to bring a card. The same for every code that could be one."""
    if codes.read(code) is None:
        raise CardUnknown
    places = await public_places(await sites.sites(), now=clock.now())
    return page(request, "inventory/found_card.html", headers=_NO_ROBOTS, places=places)


async def _is_for(principal: Principal | None, item: FoundItem) -> bool:
    return (
        principal is not None
        and principal.has_role(Role.RECEPTION)
        and await reads_item(principal, item.id, item.sites)
    )


ROUTES = [found, found_card]
