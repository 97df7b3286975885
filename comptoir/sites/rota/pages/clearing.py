"""Buttons of the rota: the shifts of a closed day taken off, and put back."""

from __future__ import annotations

from datetime import date

from litestar import Response, post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.i18n import ngettext
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.core.web import Flash, redirect
from comptoir.core.web.forms import FormData, read_day
from comptoir.sites.rota import clearing
from comptoir.sites.rota.pages.places import Page, back_to

COORDINATOR = [require(Role.COORDINATOR)]


@post("/rota/closed-days/clear", guards=COORDINATOR)
async def clear_day(request: Page) -> Response[str]:
    """Take the shifts of a closed day off."""
    data = await FormData.of(request)
    day = read_day(data.text("day")) or date.min
    site_id = data.identifier("site") or new_id()
    count = await clearing.clear_day(request.user, site_id, day, now=clock.now())
    text = ngettext("%(num)s shift is off the rota.", "%(num)s shifts are off the rota.", count)
    return redirect(request, back_to(data), flash=Flash("ok", text))


@post("/rota/closed-days/restore", guards=COORDINATOR)
async def put_back(request: Page) -> Response[str]:
    """Put back what a closure took off that was withdrawn."""
    data = await FormData.of(request)
    day = read_day(data.text("day")) or date.min
    site_id = data.identifier("site") or new_id()
    count = await clearing.put_back(request.user, site_id, day, now=clock.now())
    text = ngettext(
        "%(num)s shift is on the rota again.", "%(num)s shifts are on the rota again.", count
    )
    return redirect(request, back_to(data), flash=Flash("ok" if count else "warn", text))


ROUTES = [clear_day, put_back]
