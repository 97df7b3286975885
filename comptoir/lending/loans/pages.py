"""Lists of loans as pages: what is out, what is late, what came back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.api.cursors import cursor_reader, seal_cursor
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, page, redirect
from comptoir.lending.loans.listing import (
    LoanFilter,
    LoanPage,
    LoanPlace,
    LoanState,
    count_loans,
    list_loans,
)
from comptoir.lending.loans.searching import find_loans
from comptoir.sites.queries import names_for

Page = Request[Principal, Any, Any]

#: What one comes for; what was undone is found by the link below the closed ones.
TABS = (LoanState.OVERDUE, LoanState.OPEN, LoanState.UNSIGNED, LoanState.CLOSED)


class SearchForm(msgspec.Struct, frozen=True):
    """What stands in the search field, and the list that it is looked for in."""

    q: str = ""
    state: LoanState = LoanState.OPEN


@get("/loans", guards=[require(Role.RECEPTION)])
async def loans(request: Page) -> Response[str]:
    """Loans by state; what is late is what one comes for."""
    now, filters = clock.now(), Filters(request)
    wanted = LoanFilter(
        state=filters.one_of("state", LoanState, _("Which loans")) or LoanState.OVERDUE,
        site_id=filters.site(),
        after=filters.place("after", cursor_reader(request, LoanPlace, of="loans")),
    )
    found = await list_loans(request.user, wanted, now=now)
    return await _lists(
        request, wanted, found, next=seal_cursor(request, found.next, of="loans"), now=now
    )


@post("/loans/search", status_code=200, guards=[require(Role.RECEPTION)])
async def search_loans(
    request: Page,
    data: Annotated[SearchForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """What of a list somebody has, or had, by their name or by the code of the thing."""
    if not data.q.strip():
        return redirect(request, f"/loans?state={data.state.value}")
    now = clock.now()
    found = await find_loans(request.user, data.q, state=data.state, now=now)
    return await _lists(request, LoanFilter(state=data.state), found, q=data.q[:200], now=now)


async def _lists(
    request: Page,
    wanted: LoanFilter,
    found: LoanPage,
    *,
    next: str | None = None,  # noqa: A002
    q: str = "",
    now: datetime,
) -> Response[str]:
    """One list under its tab: a page of all of it, or what ``q`` found in it."""
    return page(
        request,
        "lending/loans.html",
        found=found,
        next=next,
        wanted=wanted,
        states=TABS,
        numbers={
            state: await count_loans(request.user, state, site_id=wanted.site_id, now=now)
            for state in (LoanState.OVERDUE, LoanState.UNSIGNED)
        },
        q=q,
        sites=[(site.id, site.name) for site in await names_for(request.user)],
    )


ROUTES = [loans, search_loans]
