"""Batches of vouchers: what came, and cards scanned or codes typed one after the other.

What is scanned is in the database at once; no page holds the codes of a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized, ngettext
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, page, redirect
from comptoir.core.web.forms import FormData, in_form
from comptoir.core.web.once import made_once
from comptoir.inventory.permissions import may_manage
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.batch_form import INPUTS, BatchForm, choices, first_site
from comptoir.inventory.vouchers.errors import VouchersInvalid
from comptoir.inventory.vouchers.exporting import latest_exports
from comptoir.inventory.vouchers.known import KNOWN
from comptoir.inventory.vouchers.schemas import BatchFilter, NewVoucher
from comptoir.inventory.vouchers.taking_in import add_to_batch, take_in, take_out_last
from comptoir.inventory.vouchers.wording import CHIPS, MEDIUMS, STATUSES
from comptoir.sites.queries import names_for

Page = Request[Principal, Any, Any]
PATH = "/vouchers/batches"
RECEPTION = [require(Role.RECEPTION)]
COORDINATOR = [require(Role.COORDINATOR)]
PAGE_SIZE = 50
#: So long after it was added the page offers to take the last voucher out again.
_UNDO = timedelta(minutes=15)
_FIELDS = ("code", "user", "pin", "puk", "number")


@get(PATH, guards=RECEPTION)
async def batch_list(request: Page) -> Response[str]:
    """Batches of one's sites, newest first."""
    filters, kinds = Filters(request), await queries.kinds()
    of_kind = filters.identifier("kind", _("Kind"), [each.id for each in kinds])
    wanted, older = BatchFilter(filters.site(), of_kind), filters.after("older")
    found = await queries.batches(request.user, wanted, older=older, limit=PAGE_SIZE + 1)
    kept = {name: str(value) for name, value in _chosen(wanted).items() if value}
    more = len(found) > PAGE_SIZE
    return page(
        request,
        "inventory/vouchers/batches.html",
        batches=found[:PAGE_SIZE],
        chosen=_chosen(wanted),
        next_url=_address(kept | {"older": str(found[PAGE_SIZE - 1].id)}) if more else None,
        first_url=_address(kept) if older else None,
        sites=[(site.id, site.name) for site in await names_for(request.user)],
        kinds=[(kind.id, localized(kind.names)) for kind in kinds],
        may_add=request.user.has_role(Role.COORDINATOR),
    )


@get(f"{PATH}/new", guards=COORDINATOR)
async def new_batch(request: Page) -> Response[str]:
    """The empty form, for the site one works at."""
    return await _form(request, BatchForm(site=first_site(request.user)), [])


@post(f"{PATH}/new", guards=COORDINATOR)
async def open_batch(request: Page) -> Response[str]:
    """Open a batch to scan into."""
    form, now = BatchForm.of(await FormData.of(request)), clock.now()
    try:
        command = form.command()
        batch_id = await made_once(
            request, lambda: take_in(request.user, command, now=now), now=now
        )
    except Invalid as invalid:
        return await _form(request, form, invalid.errors)
    return redirect(request, f"{PATH}/{batch_id}")


@get(f"{PATH}/{{batch_id:uuid}}", guards=RECEPTION)
async def batch_page(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """One batch, and for coordinators the field to scan into it."""
    return await _batch(request, batch_id)


@post(f"{PATH}/{{batch_id:uuid}}/add", guards=COORDINATOR)
async def add(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """Take one more in."""
    data = await FormData.of(request)
    typed, more = {name: data.text(name) for name in _FIELDS}, bool(data.text("more"))
    try:
        added = await add_to_batch(request.user, batch_id, NewVoucher(**typed), now=clock.now())
    except VouchersInvalid as invalid:
        # What is known is not mended by another digit: its number is not shown again.
        known = any(error.code in KNOWN for error in invalid.errors)
        typed = {} if known else typed
        return await _batch(request, batch_id, typed=typed, errors=invalid.errors, more=more)
    if added.again:
        wrong = FieldError("code", "inventory.voucher-in-batch", _("This one is in already."))
        return await _batch(request, batch_id, errors=[wrong], more=more)
    return redirect(request, f"{PATH}/{batch_id}{'?more=yes' if more else ''}")


@post(f"{PATH}/{{batch_id:uuid}}/undo", guards=COORDINATOR)
async def undo(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """Take the last one out again."""
    data = await FormData.of(request)
    voucher = data.identifier("voucher") or UUID(int=0)
    await take_out_last(request.user, batch_id, voucher, now=clock.now())
    more = "?more=yes" if data.text("more") else ""
    flash = Flash("ok", _("The last one was taken out again."))
    return redirect(request, f"{PATH}/{batch_id}{more}", flash=flash)


def counted(number: int) -> str:
    """How many there are in a batch, in words."""
    return ngettext("%(num)s voucher", "%(num)s vouchers", number)


async def _batch(
    request: Page,
    batch_id: UUID,
    *,
    typed: dict[str, str] | None = None,
    errors: Sequence[FieldError] = (),
    more: bool = False,
) -> Response[str]:
    batch = await queries.batch(request.user, batch_id)
    manages = may_manage(request.user, batch.site.id)
    now = clock.now()
    last = await queries.last_added(batch_id, since=now - _UNDO) if manages else None
    coordinates = request.user.has_role(Role.COORDINATOR)
    exports = await latest_exports(batch_id) if coordinates else []
    return page(
        request,
        "inventory/vouchers/batch.html",
        status=422 if errors else 200,
        batch=batch,
        kind=await queries.kind(batch.kind.id),
        manages=manages,
        coordinates=coordinates,
        exports=exports,
        last=last,
        more=more or bool(request.query_params.get("more")),
        typed=typed or dict.fromkeys(_FIELDS, ""),
        errors=errors,
        mediums=MEDIUMS,
        statuses=STATUSES,
        chips=CHIPS,
        counted=counted(batch.quantity),
        scattered=any(each.site.id != batch.site.id for each in batch.at_sites),
        elsewhere=batch.quantity - sum(batch.counts.values()),
    )


async def _form(request: Page, form: BatchForm, errors: Sequence[FieldError]) -> Response[str]:
    return page(
        request,
        "inventory/vouchers/batch_form.html",
        status=422 if errors else 200,
        form=form,
        errors=in_form(errors, INPUTS),
        **await choices(request.user),
    )


def _chosen(wanted: BatchFilter) -> dict[str, UUID | None]:
    return {"site": wanted.site, "kind": wanted.kind}


def _address(query: dict[str, str]) -> str:
    return f"{PATH}?{urlencode(query)}" if query else PATH


ROUTES = [batch_list, new_batch, open_batch, batch_page, add, undo]
