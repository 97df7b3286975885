"""Swaps: offering one's shift, taking a colleague's, keeping one's own after all."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.core.web import Flash, redirect
from comptoir.core.web.forms import FormData, read_day
from comptoir.sites.rota import offers, queries
from comptoir.sites.rota.pages.places import Page, back_to
from comptoir.sites.rota.schemas import OfferShift

RECEPTION = [require(Role.RECEPTION)]


@post("/rota/offers", guards=RECEPTION)
async def offer_shift(request: Page) -> Response[str]:
    """Ask whether a colleague takes a shift."""
    data = await FormData.of(request)
    day = read_day(data.text("day")) or date.min
    command = OfferShift(data.identifier("shift") or new_id(), day)
    await offers.offer_shift(request.user, command, now=clock.now())
    return redirect(request, back_to(data), flash=Flash("ok", await _offered(request, command)))


async def _offered(request: Page, command: OfferShift) -> str:
    shift = await queries.shift(command.shift)
    if shift is None or shift.person == request.user.id:
        return _("Your colleagues see the offer. The shift stays yours until somebody takes it.")
    team = await queries.team(shift.site)
    name = next((each.name for each in team if each.id == shift.person), "")
    return _(
        "Colleagues see the offer. The shift stays with %(name)s until somebody takes it.",
        name=name,
    )


@post("/rota/offers/{offer_id:uuid}/take", guards=RECEPTION)
async def take_offer(request: Page, offer_id: FromPath[UUID]) -> Response[str]:
    """Take a colleague's shift."""
    data = await FormData.of(request)
    person = request.user.id or new_id()
    try:
        await offers.take_offer(request.user, offer_id, person, now=clock.now())
    except Invalid as invalid:
        return redirect(request, back_to(data), flash=Flash("warn", invalid.message()))
    return redirect(request, back_to(data), flash=Flash("ok", _("The shift is yours now.")))


@post("/rota/offers/{offer_id:uuid}/withdraw", guards=RECEPTION)
async def withdraw_offer(request: Page, offer_id: FromPath[UUID]) -> Response[str]:
    """Keep one's shift after all."""
    data = await FormData.of(request)
    await offers.withdraw_offer(request.user, offer_id, now=clock.now())
    flash = Flash("ok", _("The shift is not offered any more."))
    return redirect(request, back_to(data), flash=flash)


ROUTES = [offer_shift, take_offer, withdraw_offer]
