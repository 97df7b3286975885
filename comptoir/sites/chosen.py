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
from comptoir.sites.errors import SiteNotFound
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


async def chosen_site(request: Page, named: UUID | str | None = None) -> Chosen:
    """The site that an address or a form names, else the one the reader is at, else their first.

    Raises:
        SiteNotFound: the reader does not work at the site that is named, or there is no such.
        PlaceNotYours: there is no site where they do.
    """
    places = await sites.names_for(request.user)
    wanted = _named(named) or request.user.site_id or next((each.id for each in places), None)
    if wanted is None:
        raise PlaceNotYours
    site = await sites.site(wanted, request.user)
    return Chosen(
        site=site,
        places=places,
        today=today_at(site, now=clock.now()),
        edits=request.user.has_role(Role.COORDINATOR, site.id),
    )


def _named(named: UUID | str | None) -> UUID | None:
    """The id of the site that is named; what a form says is not some other site."""
    if isinstance(named, str):
        found = id_or_none(named)
        if named and found is None:
            raise SiteNotFound
        return found
    return named


def today_at(site: SiteView, *, now: datetime) -> date:
    """The date at a site."""
    return localtime(now, site.time_zone).date()
