"""The page of one voucher: where it is, what happened to it, what can be done."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.audit.sentences import folded, lines
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, page, panels, redirect
from comptoir.core.web.forms import FormData
from comptoir.inventory.vouchers.actions import activate_voucher, void_voucher
from comptoir.inventory.vouchers.correcting import use_of
from comptoir.inventory.vouchers.detail import (
    look_for,
    voucher_view,
    vouchers_of_batch,
)
from comptoir.inventory.vouchers.errors import VoucherNotFound
from comptoir.inventory.vouchers.export_pages import address, status_of
from comptoir.inventory.vouchers.exporting import ExportFilter
from comptoir.inventory.vouchers.life import VoucherAction, next_status
from comptoir.inventory.vouchers.permissions import may_reveal
from comptoir.inventory.vouchers.queries import batch
from comptoir.inventory.vouchers.revealing import Masked
from comptoir.inventory.vouchers.statuses import VoidReason
from comptoir.inventory.vouchers.validity import last_day
from comptoir.inventory.vouchers.wording import CHIPS, MEDIUMS, STATUSES, VOID_REASONS
from comptoir.sites.queries import site_names

Page = Request[Principal, Any, Any]
RECEPTION = [require(Role.RECEPTION)]
#: What higher floors add to the page: who has it.
SLOT = "inventory.voucher"
_LINES = 30
_ROWS = 50
#: Vouchers that end alike: of more one types the whole code.
_FOUND = 20


@get("/vouchers/{voucher_id:uuid}", guards=RECEPTION)
async def voucher_page(request: Page, voucher_id: FromPath[UUID]) -> Response[str]:
    """Everything about a voucher but its code, which is asked for."""
    actor, now = request.user, clock.now()
    voucher = await voucher_view(actor, voucher_id)
    manages = actor.has_role(Role.COORDINATOR, voucher.site_id)
    before = Filters(request).after("before")
    names = {str(each.id): each.name for each in await site_names()}
    happened = await lines(voucher.id, names, before=before, limit=_LINES + 1)
    last = last_day(voucher.expires_at, voucher.time_zone)
    code = Masked(voucher.id, voucher.name, voucher.medium, voucher.hint)
    can_void = manages and next_status(VoucherAction.VOID, voucher.status) is not None
    return page(
        request,
        "inventory/vouchers/voucher.html",
        voucher=voucher,
        code=code
        if await may_reveal(actor, voucher.id, site_id=voucher.site_id, now=now)
        else None,
        medium=MEDIUMS[voucher.medium],
        good_until=last.date() if last else None,
        status_word=STATUSES[voucher.status],
        chip_kind=CHIPS[voucher.status],
        void_word=VOID_REASONS[voucher.void_reason] if voucher.void_reason else "",
        can_activate=next_status(VoucherAction.ACTIVATE, voucher.status) is not None,
        can_void=can_void,
        may_take_out=can_void and await use_of(voucher.batch_id) is None,
        void_reasons=[("", _("Choose"))]
        + [(each.value, word) for each, word in VOID_REASONS.items()],
        manages=manages,
        panels=await panels.fill(SLOT, actor, voucher.id, now=now),
        lines=folded(happened[:_LINES]),
        earlier=happened[_LINES - 1].id if len(happened) > _LINES else None,
    )


@get("/vouchers/batches/{batch_id:uuid}/vouchers", guards=RECEPTION)
async def batch_vouchers(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """Each voucher of a batch, its code masked."""
    found = await batch(request.user, batch_id)
    filters = Filters(request)
    status = status_of(filters)
    shown = ExportFilter(batch_id, status)
    after = filters.after("after")
    rows = await vouchers_of_batch(
        request.user, batch_id, status=status, after=after, limit=_ROWS + 1
    )
    here = f"/vouchers/batches/{batch_id}/vouchers"
    kept = {"status": status} if status else {}
    following = urlencode(kept | {"after": rows[_ROWS - 1].id}) if rows[_ROWS:] else ""
    return page(
        request,
        "inventory/vouchers/list.html",
        batch=found,
        kind_name=localized(found.kind.names),
        rows=rows[:_ROWS],
        here=here,
        chosen=status or "",
        exports=request.user.has_role(Role.COORDINATOR),
        csv_url=address(shown, "vouchers.csv"),
        codes_url=address(shown, "codes"),
        statuses=[("", _("All")), *((each.value, word) for each, word in STATUSES.items())],
        words=STATUSES,
        chips=CHIPS,
        next_url=f"{here}?{following}" if following else None,
        first_url=f"{here}?{urlencode(kept)}" if after else None,
    )


@post("/vouchers/find", guards=RECEPTION)
async def find(request: Page) -> Response[str]:
    """Go to the voucher that was scanned, or whose end was typed; no code is in an address."""
    code = (await FormData.of(request)).text("code")
    try:
        found = await look_for(request.user, code, limit=_FOUND + 1, now=clock.now())
    except VoucherNotFound as not_found:
        return redirect(request, "/vouchers", flash=Flash("error", not_found.message()))
    ending = found if isinstance(found, list) else []
    if not ending:
        return redirect(request, f"/vouchers/{found}")
    if len(ending) == 1:
        return redirect(request, f"/vouchers/{ending[0].id}")
    return page(
        request,
        "inventory/vouchers/found.html",
        end=ending[0].hint,
        rows=ending[:_FOUND],
        more=len(ending) > _FOUND,
        words=STATUSES,
        chips=CHIPS,
    )


@post("/vouchers/{voucher_id:uuid}/activate", guards=RECEPTION)
async def activate(request: Page, voucher_id: FromPath[UUID]) -> Response[str]:
    """Its person says that it works."""
    await activate_voucher(request.user, voucher_id, now=clock.now())
    return redirect(request, f"/vouchers/{voucher_id}", flash=Flash("ok", _("In use from today.")))


@post("/vouchers/{voucher_id:uuid}/void", guards=[require(Role.COORDINATOR)])
async def void(request: Page, voucher_id: FromPath[UUID]) -> Response[str]:
    """Nobody will use it."""
    reason = (await FormData.of(request)).text("reason")
    if reason not in set(VoidReason):
        flash = Flash("error", _("Choose why. Nothing was changed."))
        return redirect(request, f"/vouchers/{voucher_id}", flash=flash)
    await void_voucher(request.user, voucher_id, VoidReason(reason), now=clock.now())
    return redirect(
        request, f"/vouchers/{voucher_id}", flash=Flash("ok", _("This voucher is void."))
    )


ROUTES = [voucher_page, batch_vouchers, find, activate, void]
