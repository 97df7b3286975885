"""One loan as a page, and what one does to it there or from a list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.audit import sentences
from comptoir.core.clock import localtime
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, local_path, page, redirect
from comptoir.core.web.formats import format_day
from comptoir.core.web.forms import Version, id_or_none
from comptoir.inventory import codes
from comptoir.lending.agreement_queries import agreements_of_loan
from comptoir.lending.due_dates import opens_after
from comptoir.lending.errors import LendingRefused, LoanChanged, LoanNotFound
from comptoir.lending.loans.elsewhere import choose_return_site
from comptoir.lending.loans.listing import LoanRow, read_loan
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.reopening import may_reopen, reopen_loan
from comptoir.lending.loans.undo import undo_renewal
from comptoir.sites import calendars
from comptoir.sites import queries as sites

Page = Request[Principal, Any, Any]

#: Lines of what happened to a loan, the latest; few have more than five.
HISTORY = 50


class RenewForm(msgspec.Struct, frozen=True):
    """A renewal from a list: how many there were, until when, and where to go back to."""

    renewals: int = 0
    due: datetime | None = None
    next: str = "/loans"


class ReturnSiteForm(msgspec.Struct, frozen=True):
    """The site of the button that was pressed, the loan as it was read, and where to go back to."""

    site: UUID
    version: Version | None = None
    next: str = ""


class BackForm(msgspec.Struct, frozen=True):
    """Where to go back to."""

    next: str = "/loans"


@get("/loans/{loan_id:uuid}", guards=[require(Role.RECEPTION)])
async def loan(request: Page, loan_id: FromPath[UUID]) -> Response[str]:
    """One loan and what happened to it."""
    found = await _read(request, loan_id)
    calendar = await calendars.calendar(found.return_site_id)
    closed = found.returned_at is not None and not (found.undone or found.written_off)
    return page(
        request,
        "lending/loan_detail.html",
        loan=found,
        opens=opens_after(found.due_at, calendar) if calendar and not found.returned_at else None,
        agreements=await agreements_of_loan(loan_id),
        reopens=closed and may_reopen(request.user, found.site_id),
        lines=await sentences.lines(
            loan_id, {str(each.id): each.name for each in await sites.site_names()}, limit=HISTORY
        ),
    )


@post("/loans/{loan_id:uuid}/renew", guards=[require(Role.RECEPTION)])
async def renew(
    request: Page,
    loan_id: FromPath[UUID],
    data: Annotated[RenewForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Renew from a list or from the loan's page."""
    try:
        renewed = await renew_loan(
            request.user, loan_id, seen=data.renewals, due_seen=data.due, now=clock.now()
        )
    except LendingRefused as error:
        return redirect(request, data.next, flash=Flash("error", error.message()))
    day = format_day(renewed.due_local.date(), "full")
    text = _("Renewed until %(day)s: %(model)s.", day=day, model=renewed.model)
    undo = f"/loans/{loan_id}/undo-renewal"
    return redirect(request, data.next, flash=Flash("ok", text, undo))


@post("/loans/{loan_id:uuid}/undo-renewal", guards=[require(Role.RECEPTION)])
async def take_renewal_back(
    request: Page,
    loan_id: FromPath[UUID],
    data: Annotated[BackForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Undo a renewal, within a minute."""
    try:
        await undo_renewal(request.user, loan_id, now=clock.now())
    except LendingRefused as error:
        return redirect(request, data.next, flash=Flash("error", error.message()))
    flash = Flash("ok", _("Undone. All is as it was before."))
    return redirect(request, data.next, flash=flash)


@get("/loans/{loan_id:uuid}/return-site", guards=[require(Role.RECEPTION)])
async def ask_return_site(
    request: Page, loan_id: FromPath[UUID], visit: FromQuery[str] = ""
) -> Response[str]:
    """The sites to choose from: the one that lent it, and all that the public knows."""
    found = await _read(request, loan_id)
    here = await sites.site(found.site_id)
    others = [site for site in await sites.public_names() if site.id != here.id]
    visit_id = id_or_none(visit)
    return page(
        request,
        "lending/return_site.html",
        loan=found,
        here=here,
        others=others,
        chosen=found.return_site_id,
        back=f"/desk?visit={visit_id}" if visit_id else f"/loans/{loan_id}",
    )


@post("/loans/{loan_id:uuid}/return-site", guards=[require(Role.RECEPTION)])
async def set_return_site(
    request: Page,
    loan_id: FromPath[UUID],
    data: Annotated[ReturnSiteForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Let it be brought back there; say until when."""
    target = local_path(data.next, f"/loans/{loan_id}")
    try:
        chosen = await choose_return_site(
            request.user, loan_id, data.site, version=data.version, now=clock.now()
        )
    except (LendingRefused, LoanChanged) as error:
        return redirect(request, request.url.path, flash=Flash("error", error.message()))
    text = _(
        "To be brought back to %(site)s, until %(day)s.",
        site=chosen.place,
        day=format_day(localtime(chosen.due_at, chosen.time_zone).date(), "full"),
    )
    return redirect(request, target, flash=Flash("ok", text))


@get("/loans/{loan_id:uuid}/reopen", guards=[require(Role.COORDINATOR)])
async def ask_to_reopen(request: Page, loan_id: FromPath[UUID]) -> Response[str]:
    """Ask whether the thing was really not brought back."""
    found = await _read(request, loan_id)
    text = _(
        "%(model)s, %(code)s, would be on loan to %(name)s again, due as before. "
        "Do this if the wrong item was taken back.",
        model=found.model,
        code=codes.display(found.code),
        name=found.borrower,
    )
    return page(
        request,
        "core/confirm.html",
        title=_("Open this loan again?"),
        text=text,
        action=request.url.path,
        label=_("Open it again"),
        back=f"/loans/{loan_id}",
        kind="",
        fields={},
    )


@post("/loans/{loan_id:uuid}/reopen", guards=[require(Role.COORDINATOR)])
async def reopen(request: Page, loan_id: FromPath[UUID]) -> Response[str]:
    """The thing is still with the borrower."""
    try:
        await reopen_loan(request.user, loan_id, now=clock.now())
        flash = Flash("ok", _("The loan is open again."))
    except LendingRefused as error:
        flash = Flash("error", error.message())
    return redirect(request, f"/loans/{loan_id}", flash=flash)


async def _read(request: Page, loan_id: UUID) -> LoanRow:
    found = await read_loan(request.user, loan_id, now=clock.now())
    if found is None:
        raise LoanNotFound
    return found


ROUTES = [
    loan,
    renew,
    take_renewal_back,
    ask_return_site,
    set_return_site,
    ask_to_reopen,
    reopen,
]
