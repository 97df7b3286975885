"""Parcels of vouchers between sites: sent from a batch, received by whoever opens them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized, ngettext
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, page, redirect
from comptoir.core.web.forms import FormData
from comptoir.core.web.once import made_once
from comptoir.core.web.panels import Fill, Panel
from comptoir.inventory.vouchers import parcels, transfers
from comptoir.inventory.vouchers.carrying import LARGEST_SEALED
from comptoir.inventory.vouchers.drawer_errors import (
    CodesUnknown,
)
from comptoir.inventory.vouchers.queries import batch
from comptoir.inventory.vouchers.scans_kept import keep, scans_of
from comptoir.inventory.vouchers.statuses import Medium
from comptoir.sites.queries import names_for, site_names

Page = Request[Principal, Any, Any]
RECEPTION, COORDINATOR = [require(Role.RECEPTION)], [require(Role.COORDINATOR)]
_ROWS = 30
#: Vouchers of a parcel on a page: a sheet of paper or two, to pack by.
_PACKED = 100
#: Scans that are carried on: as many as a parcel holds, some of them twice.
_MOST_KEPT = 2 * transfers.MOST_AT_ONCE


@get("/vouchers/transfers", guards=RECEPTION)
async def transfer_list(request: Page) -> Response[str]:
    """What is on its way, and what has arrived."""
    filters = Filters(request)
    site, older = filters.site(), filters.after("older")
    found = await parcels.transfers(request.user, site_id=site, older=older, limit=_ROWS + 1)
    query = {"site": str(site)} if site else {}
    following = urlencode(query | {"older": str(found[_ROWS - 1].id)}) if found[_ROWS:] else ""
    return page(
        request,
        "inventory/vouchers/transfers.html",
        found=found[:_ROWS],
        site=str(site or ""),
        sites=[(str(each.id), each.name) for each in await names_for(request.user)],
        next_url=f"/vouchers/transfers?{following}" if following else None,
        first_url=f"/vouchers/transfers?{urlencode(query)}" if older else None,
    )


@get("/vouchers/batches/{batch_id:uuid}/send", guards=COORDINATOR)
async def send_form(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """Send a part of a batch to another site."""
    return await _send_form(request, batch_id)


async def _send_form(
    request: Page,
    batch_id: UUID,
    form: FormData | None = None,
    invalid: Invalid | None = None,
    scans: Sequence[str] = (),
) -> Response[str]:
    actor = request.user
    sent = await batch(actor, batch_id)
    answer = page(
        request,
        "inventory/vouchers/send.html",
        status=422 if invalid else 200,
        batch=sent,
        kind_name=localized(sent.kind.names),
        own=[
            (str(each.id), each.name)
            for each in await names_for(actor)
            if actor.has_role(Role.COORDINATOR, each.id)
        ],
        everywhere=[("", _("Choose")), *((str(each.id), each.name) for each in await site_names())],
        scannable=sent.kind.medium is Medium.SIM,
        kept=await keep(request, scans, now=clock.now()),
        anew=f"/vouchers/batches/{batch_id}/send",
        form={name: form.text(name) if form else "" for name in ("from", "to", "quantity")},
        errors=invalid.errors if invalid else [],
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@post(
    "/vouchers/batches/{batch_id:uuid}/send",
    guards=COORDINATOR,
    request_max_body_size=LARGEST_SEALED,
)
async def send(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """Put it on its way."""
    form = await FormData.of(request)
    number, source, target = form.text("quantity"), form.identifier("from"), form.identifier("to")
    if source is None or target is None:
        flash = Flash("error", _("Choose from where and to where."))
        return redirect(request, f"/vouchers/batches/{batch_id}/send", flash=flash)
    known = number.isascii() and number.isdecimal() and len(number) < 7
    now = clock.now()
    scans: tuple[str, ...] = ()
    try:
        scans = await scans_of(request, form, now=now)
        command = transfers.SendVouchers(
            batch_id, source, target, int(number) if known else 0, scans or None
        )
        transfer_id = await made_once(
            request, lambda: transfers.send_vouchers(request.user, command, now=now), now=now
        )
    except Invalid as invalid:
        return await _send_form(request, batch_id, form, invalid, _right(scans, invalid))
    flash = Flash("ok", _("On its way. The other site says when it has arrived."))
    return redirect(request, f"/vouchers/transfers/{transfer_id}", flash=flash)


def _right(scans: Sequence[str], invalid: Invalid) -> list[str]:
    """The scans that are carried on: without those that the refusal names."""
    wrong = set(invalid.lines) if isinstance(invalid, CodesUnknown) else set()
    return [code for line, code in enumerate(scans, start=1) if line not in wrong][:_MOST_KEPT]


@get("/vouchers/transfers/{transfer_id:uuid}", guards=RECEPTION)
async def transfer_page(request: Page, transfer_id: FromPath[UUID]) -> Response[str]:
    """One parcel: say what arrived."""
    return await _transfer_page(request, transfer_id)


async def _transfer_page(
    request: Page,
    transfer_id: UUID,
    invalid: Invalid | None = None,
    said: str = "",
    scans: Sequence[str] = (),
) -> Response[str]:
    parcel = await parcels.transfer(request.user, transfer_id)
    after = Filters(request).after("after")
    inside, last = await parcels.packed(transfer_id, after=after, limit=_PACKED)
    address = f"/vouchers/transfers/{transfer_id}"
    answer = page(
        request,
        "inventory/vouchers/transfer.html",
        status=422 if invalid else 200,
        parcel=parcel,
        inside=inside,
        next_url=f"{address}?{urlencode({'after': last})}" if last else None,
        first_url=address if after else None,
        receives=parcel.underway and request.user.sees_site(parcel.to_site),
        sends=request.user.sees_site(parcel.from_site),
        calls_back=parcel.underway and parcels.may_call_back(request.user, parcel),
        called_back=await parcels.was_called_back(parcel),
        gives_up=parcel.underway and parcels.may_give_up(request.user, parcel),
        said=said,
        kept=await keep(request, scans, now=clock.now()),
        anew=address,
        errors=invalid.errors if invalid else [],
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@post(
    "/vouchers/transfers/{transfer_id:uuid}/receive",
    guards=RECEPTION,
    request_max_body_size=LARGEST_SEALED,
)
async def receive(request: Page, transfer_id: FromPath[UUID]) -> Response[str]:
    """All of it arrived, or what was scanned. If there is a question, the scans are carried on."""
    form = await FormData.of(request)
    scans: tuple[str, ...] = ()
    try:
        if not form.text("all"):
            scans = await scans_of(request, form, now=clock.now())
        missing = await transfers.receive_vouchers(
            request.user,
            transfer_id,
            codes=None if form.text("all") else scans,
            explanation=form.text("explanation"),
            now=clock.now(),
        )
    except Invalid as invalid:
        return await _transfer_page(
            request, transfer_id, invalid, form.text("explanation"), _right(scans, invalid)
        )
    text = (
        ngettext(
            "Noted. %(num)s is still on its way.", "Noted. %(num)s are still on their way.", missing
        )
        if missing
        else _("All has arrived.")
    )
    return redirect(request, f"/vouchers/transfers/{transfer_id}", flash=Flash("ok", text))


@post("/vouchers/transfers/{transfer_id:uuid}/give-up", guards=COORDINATOR)
async def give_up(request: Page, transfer_id: FromPath[UUID]) -> Response[str]:
    """What is still on its way will not come."""
    await transfers.give_up(request.user, transfer_id, now=clock.now())
    flash = Flash("ok", _("What did not arrive is void."))
    return redirect(request, f"/vouchers/transfers/{transfer_id}", flash=flash)


@post("/vouchers/transfers/{transfer_id:uuid}/call-back", guards=COORDINATOR)
async def call_back(request: Page, transfer_id: FromPath[UUID]) -> Response[str]:
    """It was sent by mistake."""
    number = await transfers.call_back(request.user, transfer_id, now=clock.now())
    text = ngettext(
        "Called back: %(num)s lies in the drawer again.",
        "Called back: %(num)s lie in the drawer again.",
        number,
    )
    return redirect(request, f"/vouchers/transfers/{transfer_id}", flash=Flash("ok", text))


async def at_desk(about: Fill) -> Panel | None:
    """Small, at the desk: how many parcels are on their way to a site."""
    number = (await transfers.parcels_by_site([about.subject_id])).get(about.subject_id)
    return Panel("inventory/vouchers/_parcels_desk.html", number) if number else None


ROUTES = [transfer_list, send_form, send, transfer_page, receive, give_up, call_back]
