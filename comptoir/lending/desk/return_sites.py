"""Choosing another site where what is lent in a visit is to be brought back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Role
from comptoir.core.web import Flash, page, redirect
from comptoir.lending.desk.answer import Answer, Page, address_of
from comptoir.lending.desk.view import read_visit
from comptoir.lending.desk.visits import choose_return_site
from comptoir.lending.errors import ReturnSiteRefused, VisitNotFound
from comptoir.sites import queries as sites


class ReturnSiteForm(msgspec.Struct, frozen=True):
    """The site of the button that was pressed."""

    site: UUID


@get("/desk/visits/{visit_id:uuid}/return-site", guards=[require(Role.RECEPTION)])
async def return_site(request: Page, visit_id: FromPath[UUID]) -> Answer:
    """The sites to choose from: the one that lends, and all that the public knows."""
    visit = await read_visit(request.user, visit_id, now=clock.now())
    if visit is None:
        raise VisitNotFound
    here = await sites.site(visit.site_id, request.user)
    others = [site for site in await sites.public_names() if site.id != here.id]
    return page(
        request,
        "lending/return_site.html",
        visit=visit,
        loan=None,
        chosen=visit.return_site_id or here.id,
        here=here,
        others=others,
        back=address_of(visit_id),
    )


@post("/desk/visits/{visit_id:uuid}/return-site", guards=[require(Role.RECEPTION)])
async def choose(
    request: Page,
    visit_id: FromPath[UUID],
    data: Annotated[ReturnSiteForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Answer:
    """Choose one, and go on at the desk."""
    try:
        await choose_return_site(request.user, visit_id, data.site, now=clock.now())
    except ReturnSiteRefused as error:
        return redirect(request, request.url.path, flash=Flash("error", error.message()))
    visit = await read_visit(request.user, visit_id, now=clock.now())
    text = _("What you lend from now on is to be brought back here.")
    if visit is not None and visit.return_place:
        text = _(
            "What you lend from now on is to be brought back to %(site)s.", site=visit.return_place
        )
    return redirect(request, address_of(visit_id), flash=Flash("ok", text))


ROUTES = [return_site, choose]
