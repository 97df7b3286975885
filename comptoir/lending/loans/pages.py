"""Loans as pages: what is out, what is late, what came back."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery, QueryParameter

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.api.cursors import open_cursor, seal_cursor
from comptoir.core.audit import sentences
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.lending.agreed_loans import unsigned
from comptoir.lending.agreements import agreements_of_loan
from comptoir.lending.errors import LendingRefused, LoanNotFound
from comptoir.lending.loans.listing import (
    LoanFilter,
    LoanPlace,
    LoanState,
    count_overdue,
    list_loans,
    read_loan,
)
from comptoir.lending.loans.renewals import renew_loan
from comptoir.sites.queries import names_for

Page = Request[Principal, Any, Any]

#: Lines of what happened to a loan, the latest; few have more than five.
HISTORY = 50


class RenewForm(msgspec.Struct, frozen=True):
    """A renewal from a list: how many there were, and where to go back to."""

    renewals: int = 0
    next: str = "/loans"


@get("/loans", guards=[require(Role.RECEPTION)])
async def loans(
    request: Page,
    which: Annotated[LoanState, QueryParameter(name="state")] = LoanState.OVERDUE,
    site: FromQuery[UUID | None] = None,
    after: FromQuery[str] = "",
) -> Response[str]:
    """Loans by state; what is late is what one comes for."""
    now = clock.now()
    place = open_cursor(request, after, LoanPlace, of="loans")
    wanted = LoanFilter(state=which, site_id=site, after=place)
    found = await list_loans(request.user, wanted, now=now)
    return page(
        request,
        "lending/loans.html",
        found=found,
        next=seal_cursor(request, found.next, of="loans"),
        wanted=wanted,
        states=LoanState,
        overdue=await count_overdue(request.user, site_id=site, now=now),
        sites=[(site.id, site.name) for site in await names_for(request.user)],
    )


@get("/loans/{loan_id:uuid}", guards=[require(Role.RECEPTION)])
async def loan(request: Page, loan_id: FromPath[UUID]) -> Response[str]:
    """One loan and what happened to it."""
    found = await read_loan(request.user, loan_id, now=clock.now())
    if found is None:
        raise LoanNotFound
    return page(
        request,
        "lending/loan_detail.html",
        loan=found,
        unsigned=loan_id in await unsigned(request.user, found.borrower_id),
        agreements=await agreements_of_loan(loan_id),
        lines=await sentences.lines(loan_id, {}, limit=HISTORY),
    )


@post("/loans/{loan_id:uuid}/renew", guards=[require(Role.RECEPTION)])
async def renew(
    request: Page,
    loan_id: FromPath[UUID],
    data: Annotated[RenewForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Renew from a list or from the loan's page."""
    try:
        renewed = await renew_loan(request.user, loan_id, seen=data.renewals, now=clock.now())
    except LendingRefused as error:
        return redirect(request, data.next, flash=Flash("error", error.message()))
    text = _("Renewed: %(model)s. The new due date is in the list.", model=renewed.model)
    return redirect(request, data.next, flash=Flash("ok", text))


ROUTES = [loans, loan, renew]
