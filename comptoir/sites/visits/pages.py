"""The page of the tally: a button for each reason, and the year."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Request, Response, get, post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, fragment, is_htmx, page, redirect
from comptoir.core.web.formats import format_day
from comptoir.core.web.forms import FormData, require_choices
from comptoir.sites.chosen import chosen_site
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
    filters = Filters(request)
    chosen = await chosen_site(request, filters.site())
    site, this_year = chosen.site, chosen.today.year
    year = int(filters.among("year", map(str, _years(this_year)), _("Year")) or this_year)
    now = clock.now()
    report = await services.visits_of_year(request.user, site.id, year, now=now)
    return page(
        request,
        "sites/visits.html",
        site=site,
        sites=[(str(key), name) for key, name in chosen.options],
        labels=LABELS,
        today=await services.visits_today(request.user, site.id, now=now),
        year=year,
        years=[(str(each), str(each)) for each in _years(this_year)],
        months=[
            *((format_day(date(year, each.month, 1), "LLLL"), each) for each in report.months),
            *([(_("The year"), report)] if len(report.months) == 12 else []),
        ],
    )


@post("/visits", guards=RECEPTION)
async def count(request: Page) -> Response[str]:
    """One more for a ``reason``, or one ``less``."""
    data = await FormData.of(request)
    site = (await chosen_site(request, data.text("site"))).site
    less = data.text("less")
    require_choices(data, reason=set(Reason), less=set(Reason))
    command = CountVisit(Reason(less or data.text("reason") or Reason.UNSAID))
    act = services.take_back_visit if less else services.count_visit
    today = await act(request.user, site.id, command, now=clock.now())
    at_desk = data.checked("desk")
    if is_htmx(request.scope):
        template = "sites/_tally_today.html" if at_desk else "sites/_tally_counts.html"
        return fragment(request, template, labels=LABELS, today=today, again=True)
    return redirect(request, "/desk" if at_desk else f"/visits?site={site.id}")


def _years(this_year: int) -> range:
    return range(this_year, this_year - 5, -1)


ROUTES = [visits, count]
