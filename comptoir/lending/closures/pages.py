"""Moved due dates as pages: the announcements, and whom to call for each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from comptoir.core.accounts.guards import require
from comptoir.core.api.cursors import open_cursor, seal_cursor
from comptoir.core.principal import Principal, Role
from comptoir.core.web import page
from comptoir.lending.closures import telling
from comptoir.lending.closures.telling import PersonPlace

Page = Request[Principal, Any, Any]


@get("/loans/moved", guards=[require(Role.RECEPTION)])
async def moved(request: Page, after: FromQuery[str] = "") -> Response[str]:
    """The announcements that moved due dates, the latest first."""
    place = open_cursor(request, after, UUID, of="moved")
    found, following = await telling.announced(request.user, after=place)
    return page(
        request,
        "lending/moved.html",
        announced=found,
        after=place,
        next=seal_cursor(request, following, of="moved"),
    )


@get("/loans/moved/{announcement_id:uuid}", guards=[require(Role.RECEPTION)])
async def people(
    request: Page, announcement_id: FromPath[UUID], after: FromQuery[str] = ""
) -> Response[str]:
    """Whom to tell of one of them."""
    place = open_cursor(request, after, PersonPlace, of="moved-people")
    announcement = await telling.announcement(request.user, announcement_id)
    found = await telling.people(request.user, announcement_id, after=place)
    return page(
        request,
        "lending/moved_people.html",
        found=found,
        announcement=announcement,
        coordinated=[
            site
            for site in await telling.sites(request.user, announcement_id)
            if request.user.has_role(Role.COORDINATOR, site.id)
        ],
        after=place,
        next=seal_cursor(request, found.next, of="moved-people"),
    )


ROUTES = [moved, people]
