"""The page of the tally: a button for each reason, and the year."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Principal, Role
from comptoir.core.web import fragment, is_htmx, page, redirect
from comptoir.core.web.context import place_of
from comptoir.core.web.formats import format_day
from comptoir.core.web.forms import FormData, id_or_none
from comptoir.sites import queries
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.schemas import SiteName
from comptoir.sites.visits import services
from comptoir.sites.visits.schemas import CountVisit, Reason

Page = Request[Principal, Any, Any]
RECEPTION = [require(Role.RECEPTION)]
#: In the order of the buttons, whose keys are 1 to 6.
LABELS = {
    Reason.UNSAID: _l("A visit"),
    Reason.EQUIPMENT: _l("Equipment"),
    Reason.COMPUTER: _l("Computer or Wi-Fi"),
    Reason.HELP: _l("Help with formalities"),
    Reason.WORKSHOP: _l("Workshop"),
    Reason.OTHER: _l("Something else"),
}


@get("/visits", guards=RECEPTION)
async def visits(request: Page) -> Response[str]:
    """Count, and read the year."""
    site = await _site(request, request.query_params.get("site", ""))
    now = clock.now()
    full = await queries.site(site.id)
    this_year = now.astimezone(ZoneInfo(full.time_zone)).year
    asked = request.query_params.get("year", "")
    year = int(asked) if asked in {str(each) for each in _years(this_year)} else this_year
    report = await services.visits_of_year(request.user, site.id, year)
    return page(
        request,
        "sites/visits.html",
        site=site,
        sites=[(str(each.id), each.name) for each in await queries.names_for(request.user)],
        labels=LABELS,
        today=await services.visits_today(request.user, site.id, now=now),
        year=year,
        years=[(str(each), str(each)) for each in _years(this_year)],
        report=report,
        months=[
            *((format_day(date(year, each.month, 1), "LLLL"), each) for each in report.months),
            (_("The year"), report),
        ],
    )


@post("/visits", guards=RECEPTION)
async def count(request: Page) -> Response[str]:
    """One more for a ``reason``, or one ``less``."""
    data = await FormData.of(request)
    site = await _site(request, data.text("site"))
    less = data.text("less")
    known = less or data.text("reason")
    command = CountVisit(Reason(known) if known in set(Reason) else Reason.UNSAID)
    act = services.take_back_visit if less else services.count_visit
    today = await act(request.user, site.id, command, now=clock.now())
    at_desk = data.checked("desk")
    if is_htmx(request.scope):
        template = "sites/_tally_today.html" if at_desk else "sites/_tally_counts.html"
        return fragment(request, template, labels=LABELS, today=today, again=True)
    return redirect(request, "/desk" if at_desk else f"/visits?site={site.id}")


async def _site(request: Page, chosen: str) -> SiteName:
    """The site that was chosen, else the one that one works at."""
    place = place_of(request.scope)
    wanted = id_or_none(chosen) or (place.id if place else None)
    for each in await queries.names_for(request.user):
        if wanted in (None, each.id):
            return each
    raise SiteNotFound


def _years(this_year: int) -> range:
    return range(this_year, this_year - 5, -1)


ROUTES = [visits, count]
