"""Letters as pages: what waits, one document to print, and that it was printed."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.api.cursors import cursor_reader, seal_cursor
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.printing.errors import NothingToPrint
from comptoir.core.web import Filters, Flash, page, redirect
from comptoir.core.web.panels import Fill, Panel
from comptoir.notifications.errors import AddressNotAsked, BatchPrinted, LetterNotReturned
from comptoir.notifications.letters import queries, returned, services
from comptoir.notifications.letters.schemas import LetterFilter, MakeBatch

Page = Request[Principal, Any, Any]

#: Older bundles are found by other programs.
_BATCHES_SHOWN = 20


class BatchForm(msgspec.Struct, frozen=True):
    """The button that makes a document of what waits at a site."""

    site: UUID


@get("/letters", guards=[require(Role.RECEPTION)])
async def letters(request: Page) -> Response[str]:
    """What waits to be printed, and what was."""
    filters = Filters(request)
    site, place = filters.site(), filters.place("after", cursor_reader(request, UUID, of="letters"))
    found = await queries.list_waiting(request.user, LetterFilter(site_id=site, after=place))
    return page(
        request,
        "notifications/letters.html",
        found=found,
        next=seal_cursor(request, found.next, of="letters"),
        after=place,
        site_id=site,
        waiting=await queries.count_waiting(request.user, site_id=site),
        batches=(await queries.list_batches(request.user, limit=_BATCHES_SHOWN)).rows,
    )


@post("/letters/batches", guards=[require(Role.RECEPTION)])
async def bundle(
    request: Page, data: Annotated[BatchForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str]:
    """Make one document of what waits."""
    try:
        await services.make_batch(request.user, MakeBatch(site_id=data.site), now=clock.now())
        flash = Flash("ok", _("The letters are ready to be printed."))
    except NothingToPrint:
        flash = Flash("info", _("No letter is left to print there."))
    return redirect(request, "/letters", flash=flash)


@get("/letters/batches/{batch_id:uuid}/pdf", guards=[require(Role.RECEPTION)])
async def document(request: Page, batch_id: FromPath[UUID]) -> Response[bytes]:
    """The letters, to be printed."""
    pdf = await services.print_batch(request.user, batch_id, now=clock.now())
    return Response(
        pdf,
        media_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="letters.pdf"'},
    )


@post("/letters/batches/{batch_id:uuid}/printed", guards=[require(Role.RECEPTION)])
async def printed(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """They were printed."""
    await services.mark_printed(request.user, batch_id, now=clock.now())
    return redirect(request, "/letters", flash=Flash("ok", _("The letters count as sent.")))


@post("/letters/batches/{batch_id:uuid}/back", guards=[require(Role.RECEPTION)])
async def back(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """They were not: they wait again."""
    try:
        await services.put_back(request.user, batch_id, now=clock.now())
        flash = Flash("ok", _("The letters wait again."))
    except BatchPrinted as error:
        flash = Flash("error", error.message())
    return redirect(request, "/letters", flash=flash)


class AddressForm(msgspec.Struct, frozen=True):
    """The address that was shown, and the page it was shown on."""

    address: str
    next: str = "/desk"


@post("/letters/{letter_id:uuid}/returned", guards=[require(Role.RECEPTION)])
async def came_back(request: Page, letter_id: FromPath[UUID]) -> Response[str]:
    """The post brought a letter back."""
    try:
        borrower_id = await returned.mark_returned(request.user, letter_id, now=clock.now())
    except LetterNotReturned as error:
        return redirect(request, "/letters", flash=Flash("error", error.message()))
    flash = Flash("ok", _("No more letters go to this address. Somebody calls."))
    return redirect(request, f"/borrowers/{borrower_id}", flash=flash)


@post("/borrowers/{borrower_id:uuid}/address-confirmations", guards=[require(Role.RECEPTION)])
async def confirm(
    request: Page,
    borrower_id: FromPath[UUID],
    data: Annotated[AddressForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """The address is right after all."""
    flash = Flash("ok", _("Letters go to this address again."))
    try:
        command = returned.ConfirmAddress(address=data.address)
        await returned.confirm_address(request.user, borrower_id, command, now=clock.now())
    except AddressNotAsked as changed:
        flash = Flash("error", changed.message())
    return redirect(request, data.next, flash=flash)


async def at_desk(about: Fill) -> Panel | None:
    """Small, at the desk: how many letters wait for a site."""
    waiting = await queries.count_waiting(about.principal, site_id=about.subject_id)
    return Panel("notifications/_letters_desk.html", waiting[0].letters) if waiting else None


ROUTES = [letters, bundle, document, printed, back, came_back, confirm]
