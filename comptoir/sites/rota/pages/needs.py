"""What a site needs while its door is open: the list, and one more."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, page, redirect
from comptoir.core.web.forms import FormData
from comptoir.sites import queries as sites
from comptoir.sites.chosen import Chosen, chosen_site
from comptoir.sites.hours import weekday_names
from comptoir.sites.rota import needs, queries
from comptoir.sites.rota.pages.forms import FormReader, texts
from comptoir.sites.rota.pages.places import Page
from comptoir.sites.rota.schemas import AddNeed
from comptoir.sites.rota.shifts import need_editor
from comptoir.sites.rota.wording import competence_names, need_text
from comptoir.sites.skills.languages import language_options
from comptoir.sites.skills.queries import competences

COORDINATOR = [require(Role.COORDINATOR)]
FIELDS = ("people", "weekday", "starts", "ends", "language", "competence")
MOST_PEOPLE = 50


@get("/rota/needs", guards=COORDINATOR)
async def show_needs(request: Page) -> Response[str]:
    """What the rota of a site warns of."""
    here, mine = request.user.site_id, await _coordinated(request.user)
    other = "" if not mine or here in dict(mine) else str(mine[0][0])
    chosen = await chosen_site(request, Filters(request).site() or other)
    await need_editor(request.user, chosen.id)
    return await _page(request, chosen, dict.fromkeys(FIELDS, "") | {"people": "1"}, [])


@post("/rota/needs", guards=COORDINATOR)
async def add_need(request: Page) -> Response[str]:
    """Ask for one thing more."""
    data = await FormData.of(request)
    chosen = await chosen_site(request, data.text("site"))
    await need_editor(request.user, chosen.id)
    read = FormReader(data)
    starts, ends = read.times_or_all_day()
    competence = read.identifier("competence")
    people, weekday = data.whole("people") or 0, read.number("weekday", range(7))
    if not 1 <= people <= MOST_PEOPLE:
        message = _("Enter a whole number from %(least)s to %(most)s.", least=1, most=MOST_PEOPLE)
        read.errors.append(FieldError("people", "sites.people-unfit", message))
    try:
        read.done()
        command = AddNeed(
            people=people,
            weekday=weekday,
            starts=starts,
            ends=ends,
            language=data.text("language"),
            competence=competence,
        )
        await needs.add_need(request.user, chosen.id, command, now=clock.now())
    except Invalid as invalid:
        return await _page(request, chosen, texts(data, FIELDS), invalid.errors)
    return redirect(request, f"/rota/needs?site={chosen.id}", flash=Flash("ok", _("Saved.")))


@post("/rota/needs/{need_id:uuid}/remove", guards=COORDINATOR)
async def remove_need(request: Page, need_id: FromPath[UUID]) -> Response[str]:
    """Warn of it no more."""
    site_id = await needs.remove_need(request.user, need_id, now=clock.now())
    return redirect(request, f"/rota/needs?site={site_id}", flash=Flash("ok", _("Removed.")))


async def _page(
    request: Page, chosen: Chosen, form: dict[str, str], errors: Sequence[FieldError]
) -> Response[str]:
    known = await competences()
    names = competence_names(known)
    return page(
        request,
        "sites/needs.html",
        status=422 if errors else 200,
        chosen=chosen,
        form=form,
        errors=errors,
        needs=[(need.id, need_text(need, names)) for need in await queries.needs(chosen.id)],
        weekdays=list(enumerate(weekday_names())),
        languages_spoken=language_options(),
        competences=list(names.items()),
        places=await _coordinated(request.user),
    )


async def _coordinated(actor: Principal) -> list[tuple[UUID, str]]:
    """The sites whose needs somebody may say, by id and name."""
    return [
        (site.id, site.name)
        for site in await sites.names_for(actor)
        if actor.has_role(Role.COORDINATOR, site.id)
    ]


ROUTES = [show_needs, add_need, remove_need]
