"""Moved due dates as pages: the announcements, whom to call for each, and who was told."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.api.cursors import LONGEST_CURSOR, cursor_reader, open_cursor, seal_cursor
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, fragment, is_htmx, page, redirect
from comptoir.lending.closures import announcements, telling
from comptoir.lending.closures.telling import PersonPlace, PersonToTell
from comptoir.lending.closures.told import take_telling_back, tell

Page = Request[Principal, Any, Any]


#: The list of whom to tell, for its cursors.
_PEOPLE = "moved-people"


class ToldForm(msgspec.Struct, frozen=True):
    """One tap beside a person: told, or not after all; ``after`` is the page it was made on."""

    told: bool = True
    after: str = ""


@get("/loans/moved", guards=[require(Role.RECEPTION)])
async def moved(request: Page) -> Response[str]:
    """The announcements that moved due dates, the latest first."""
    filters = Filters(request)
    site, place = filters.site(), filters.place("after", cursor_reader(request, UUID, of="moved"))
    found, following = await announcements.announced(request.user, site_id=site, after=place)
    return page(
        request,
        "lending/moved.html",
        announced=found,
        site_id=site,
        after=place,
        next=seal_cursor(request, following, of="moved"),
    )


@get("/loans/moved/{announcement_id:uuid}", guards=[require(Role.RECEPTION)])
async def people(request: Page, announcement_id: FromPath[UUID]) -> Response[str]:
    """Whom to tell of one of them."""
    filters = Filters(request)
    place = filters.place("after", cursor_reader(request, PersonPlace, of=_PEOPLE))
    after = filters.text("after", LONGEST_CURSOR) if place else ""
    return page(
        request,
        "lending/moved_people.html",
        coordinated=[
            site
            for site in await announcements.sites(request.user, announcement_id)
            if request.user.has_role(Role.COORDINATOR, site.id)
        ],
        **await _listed(request, announcement_id, after),
    )


@post(
    "/loans/moved/{announcement_id:uuid}/people/{borrower_id:uuid}/told",
    status_code=200,
    guards=[require(Role.RECEPTION)],
)
async def person_told(
    request: Page,
    announcement_id: FromPath[UUID],
    borrower_id: FromPath[UUID],
    data: Annotated[ToldForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Somebody was told, or not after all."""
    change = tell if data.told else take_telling_back
    await change(request.user, announcement_id, borrower_id, now=clock.now())
    if not is_htmx(request.scope):
        path = f"/loans/moved/{announcement_id}"
        path += f"?after={data.after}" if data.after else ""
        text = _("It is written down.") if data.told else _("It is on the list again.")
        return redirect(request, path, flash=Flash("ok", text))
    person = await telling.person(request.user, announcement_id, borrower_id)
    context = await _listed(request, announcement_id, data.after, person)
    return fragment(request, "lending/_moved_people.html", **context)


async def _listed(
    request: Page, announcement_id: UUID, after: str, ticked: PersonToTell | None = None
) -> dict[str, Any]:
    """What the list shows; ``ticked`` is whom the last tap was about."""
    place = open_cursor(request, after, PersonPlace, of=_PEOPLE)
    announcement = await announcements.announcement(request.user, announcement_id)
    found = await telling.people(request.user, announcement_id, after=place)
    left = [person for person in found.people if person.to_tell]
    return {
        "announcement": announcement,
        "left": left,
        "settled": [person for person in found.people if not person.to_tell],
        "ticked": ticked,
        "onward": _onward(left, ticked),
        "after": after if place else "",
        "next": seal_cursor(request, found.next, of=_PEOPLE),
    }


def _onward(left: list[PersonToTell], ticked: PersonToTell | None) -> UUID | None:
    """Whose button has the focus after a tap: that of the next person to tell."""
    if ticked is None or not left:
        return None
    here = (ticked.sort_name, ticked.id)
    return next((one.id for one in left if (one.sort_name, one.id) >= here), left[0].id)


ROUTES = [moved, people, person_told]
