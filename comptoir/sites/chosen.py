"""The site that a page is about, where its reader works at several."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request

from comptoir.core import clock
from comptoir.core.accounts.errors import PlaceNotYours
from comptoir.core.clock import localtime
from comptoir.core.principal import Principal, Role
from comptoir.core.web.forms import id_or_none
from comptoir.sites import queries as sites
from comptoir.sites.schemas import SiteName, SiteView

Page = Request[Principal, Any, Any]


class Chosen(msgspec.Struct, frozen=True):
    """The site that a page is about, and the others that it could be about."""

    site: SiteView
    places: list[SiteName]
    today: date
    edits: bool

    @property
    def id(self) -> UUID:
        """The site's id."""
        return self.site.id

    @property
    def options(self) -> list[tuple[UUID, str]]:
        """The sites to choose from."""
        return [(each.id, each.name) for each in self.places]


async def chosen_site(request: Page, text: str = "") -> Chosen:
    """The site that the address names, else the one the reader is at, else their first.

    Raises:
        SiteNotFound: the reader does not work at the site that is named.
        PlaceNotYours: there is no site where they do.
    """
    places = await sites.names_for(request.user)
    wanted = id_or_none(text) or request.user.site_id or next((each.id for each in places), None)
    if wanted is None:
        raise PlaceNotYours
    site = await sites.site(wanted, request.user)
    return Chosen(
        site=site,
        places=places,
        today=today_at(site, now=clock.now()),
        edits=request.user.has_role(Role.COORDINATOR, site.id),
    )


def today_at(site: SiteView, *, now: datetime) -> date:
    """The date at a site."""
    return localtime(now, site.time_zone).date()
