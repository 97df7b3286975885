"""Buttons of the rota: coming where somebody is missing, and stepping back."""

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
from comptoir.core.web import Flash, local_path, redirect
from comptoir.core.web.formats import format_day_of_year
from comptoir.core.web.forms import FormData, read_day
from comptoir.sites.rota import gaps
from comptoir.sites.rota.pages.forms import FormReader
from comptoir.sites.rota.pages.places import Page, back_to, rota_address
from comptoir.sites.rota.schemas import FillGap
from comptoir.sites.rota.wording import minutes_text

RECEPTION = [require(Role.RECEPTION)]


@post("/rota/gaps", guards=RECEPTION)
async def fill_gap(request: Page) -> Response[str]:
    """Come where somebody is missing."""
    data = await FormData.of(request)
    read = FormReader(data)
    day, (starts, ends) = read.day("day"), read.times()
    command = FillGap(request.user.id or new_id(), day, starts, ends)
    site_id = data.identifier("site") or new_id()
    try:
        read.done()
        shift = await gaps.fill_gap(request.user, site_id, command, now=clock.now())
    except Invalid as invalid:
        return redirect(request, back_to(data), flash=Flash("warn", invalid.message()))
    text = _(
        "You are on the rota: %(day)s, %(times)s. The coordinator sees that you came forward.",
        day=format_day_of_year(command.day),
        times=minutes_text(command.starts, command.ends),
    )
    undo = f"/rota/gaps/{shift}/leave?day={command.day}"
    return redirect(request, back_to(data), flash=Flash("ok", text, undo))


@post("/rota/gaps/{shift_id:uuid}/leave", guards=RECEPTION)
async def step_back(request: Page, shift_id: FromPath[UUID]) -> Response[str]:
    """Do not come after all."""
    data = await FormData.of(request)
    day = read_day(request.query_params.get("day", "")) or date.min
    site_id = await gaps.step_back(request.user, shift_id, day, now=clock.now())
    target = local_path(data.text("next"), rota_address(site_id, day))
    return redirect(request, target, flash=Flash("ok", _("You are not on the rota then.")))


ROUTES = [fill_gap, step_back]
