"""What a funder's money bought, as a page, a file for a spreadsheet, and a document."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from litestar import Request, Response, get

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.printing.pdf import in_background
from comptoir.core.web import page
from comptoir.core.web.forms import id_or_none
from comptoir.inventory.vouchers import funding_words as words
from comptoir.inventory.vouchers.errors import FundingReportNotFound
from comptoir.inventory.vouchers.funding import (
    FundingReport,
    FundingWanted,
    funders_of,
    funding_report,
)
from comptoir.sites.chosen import chosen_site
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.queries import names_for, site

Page = Request[Principal, Any, Any]
COORDINATOR = [require(Role.COORDINATOR)]
_YEARS = 5


class _Asked(NamedTuple):
    report: FundingReport
    funders: list[str]
    place: str
    today: date


async def _asked(request: Page) -> _Asked:
    """The report that an address asks for; without a funder, that of the first.

    Raises:
        FundingReportNotFound: there is no such funder, or the year is none of the last.
        SiteNotFound: the site is none that the actor may know of.
    """
    actor, query = request.user, request.query_params
    funders = await funders_of(actor)
    chosen = await chosen_site(request)
    year = query.get("year", str(chosen.today.year))
    funder = query.get("funder", funders[0] if funders else "")
    if year not in {str(each) for each in _years(chosen.today)} or funder not in (funders or [""]):
        raise FundingReportNotFound
    site_id = id_or_none(query.get("site", ""))
    if site_id is None and query.get("site"):  # else it would be the report of all sites
        raise SiteNotFound
    wanted = FundingWanted(funder, int(year), site_id)
    report = await funding_report(actor, wanted, now=clock.now())
    place = (await site(site_id, actor)).name if site_id else _("All our sites")
    return _Asked(report, funders, place, chosen.today)


@get("/vouchers/funding", guards=COORDINATOR)
async def funding(request: Page) -> Response[str]:
    """The report, to look at."""
    asked = await _asked(request)
    report, site_id = asked.report, request.query_params.get("site", "")
    query = urlencode({"funder": report.funder, "year": report.year, "site": site_id})
    return page(
        request,
        "inventory/vouchers/funding.html",
        report=report,
        funders=[(each, words.funder_name(each)) for each in asked.funders],
        years=[(str(each), str(each)) for each in _years(asked.today)],
        sites=[
            ("", _("All our sites")),
            *((str(each.id), each.name) for each in await names_for(request.user)),
        ],
        site_id=site_id,
        query=query,
        words=words,
    )


@get("/vouchers/funding.csv", guards=COORDINATOR)
async def funding_csv(request: Page) -> Response[bytes]:
    """The report for a spreadsheet."""
    report = (await _asked(request)).report
    name = words.file_name(report, "csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(words.csv_of(report), media_type="text/csv", headers=headers)


@get("/vouchers/funding.pdf", guards=COORDINATOR)
async def funding_pdf(request: Page) -> Response[bytes]:
    """The report for the funder."""
    asked = await _asked(request)
    pdf = await in_background(words.pdf_of, asked.report, asked.place, asked.today)
    name = words.file_name(asked.report, "pdf")
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _years(today: date) -> range:
    return range(today.year, today.year - _YEARS, -1)


ROUTES = [funding, funding_csv, funding_pdf]
