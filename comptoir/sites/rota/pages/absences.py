"""The form of an absence. It has no field for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData
from comptoir.sites.chosen import Chosen, chosen_site
from comptoir.sites.rota import absences, queries
from comptoir.sites.rota.pages.forms import FormReader, texts
from comptoir.sites.rota.pages.places import Page, back_to, rota_address
from comptoir.sites.rota.schemas import AddAbsence
from comptoir.sites.staff import queries as staff

RECEPTION = [require(Role.RECEPTION)]
FIELDS = ("person", "first_day", "last_day", "starts", "ends")


@get("/rota/absences/new", guards=RECEPTION)
async def new_absence(request: Page) -> Response[str]:
    """The form, for oneself at first."""
    query = request.query_params
    chosen = await chosen_site(request, query.get("site", ""))
    form = {name: query.get(name, "") for name in FIELDS}
    form["person"] = form["person"] or str(request.user.id)
    return await _form(request, chosen, form, [])


@post("/rota/absences/new", guards=RECEPTION)
async def add_absence(request: Page) -> Response[str]:
    """Enter it."""
    data = await FormData.of(request)
    chosen = await chosen_site(request, data.text("site"))
    read = FormReader(data)
    first, last = read.day("first_day"), read.day_or_none("last_day")
    starts, ends = read.times_or_all_day()
    try:
        read.done()
        command = AddAbsence(
            person=data.identifier("person") or request.user.id or new_id(),
            first_day=first,
            last_day=last or first,
            starts=starts,
            ends=ends,
        )
        await absences.add_absence(request.user, command, now=clock.now())
    except Invalid as invalid:
        return await _form(request, chosen, texts(data, FIELDS), invalid.errors)
    flash = Flash("ok", _("The absence is entered. The rota shows what is lacking now."))
    return redirect(request, rota_address(chosen.id, max(first, chosen.today)), flash=flash)


@post("/rota/absences/{absence_id:uuid}/remove", guards=RECEPTION)
async def remove_absence(request: Page, absence_id: FromPath[UUID]) -> Response[str]:
    """Take it back."""
    data = await FormData.of(request)
    await absences.remove_absence(request.user, absence_id, now=clock.now())
    flash = Flash("ok", _("The absence is taken back."))
    return redirect(request, back_to(data), flash=flash)


async def _form(
    request: Page, chosen: Chosen, form: dict[str, str], errors: Sequence[FieldError]
) -> Response[str]:
    team = []
    if chosen.edits:
        known = await staff.looked_after(request.user)
        known -= {request.user.id}  # whom the form calls "Myself"
        team = [(each.id, each.name) for each in await queries.team(chosen.id) if each.id in known]
    return page(
        request,
        "sites/absence_new.html",
        status=422 if errors else 200,
        chosen=chosen,
        form=form,
        errors=errors,
        team=team,
    )


ROUTES = [new_absence, add_absence, remove_absence]
