"""The vouchers of a batch as a file: without codes at once, with codes after a page that asks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid, TooManyRequests
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized, ngettext
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, page
from comptoir.core.web.forms import FormData, require_choices
from comptoir.core.web.once import made_once
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.errors import LONGEST_EXPLANATION
from comptoir.inventory.vouchers.export_table import codes_csv, masked_csv
from comptoir.inventory.vouchers.exporting import (
    ExportCodes,
    ExportFilter,
    count_codes,
    export_codes,
    latest_exports,
    needs_password,
    vouchers_masked,
)
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.wording import STATUSES

Page = Request[Principal, Any, Any]
PATH = "/vouchers/batches/{batch_id:uuid}"
COORDINATOR = [require(Role.COORDINATOR)]


@get(f"{PATH}/vouchers.csv", guards=COORDINATOR)
async def export_masked(request: Page, batch_id: FromPath[UUID]) -> Stream:
    """Each voucher of a batch, or of a status, without its code."""
    wanted = _wanted(request, batch_id)
    found = await vouchers_masked(request.user, wanted)
    return _file(masked_csv(found), _("vouchers"))


@get(f"{PATH}/codes", guards=COORDINATOR)
async def ask_for_codes(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """How many codes would be in the file, what that means, and what it is for."""
    wanted = _wanted(request, batch_id)
    return await _ask(request, wanted)


@post(f"{PATH}/codes", guards=COORDINATOR)
async def export_with_codes(request: Page, batch_id: FromPath[UUID]) -> Response[Any]:
    """The file with codes. They are posted for, and no address has one."""
    data, now = await FormData.of(request), clock.now()
    require_choices(data, status=VoucherStatus)
    status = data.text("status")
    command = ExportCodes(
        batch_id,
        VoucherStatus(status) if status else None,
        pins=data.checked("pins"),
        explanation=data.text("explanation"),
    )
    try:
        found = await export_codes(
            request.user,
            command,
            password=data.text("current_password"),
            once=lambda make: made_once(request, make, now=now),
            now=now,
        )
    except Invalid as invalid:
        request.scope["state"]["error_code"] = invalid.code
        return await _ask(request, command, typed=command, errors=invalid.errors)
    except TooManyRequests as waiting:
        # Beside the reason, which stays: the same form is sent again once it may be.
        request.scope["state"]["error_code"] = waiting.code
        wrong = [FieldError("explanation", waiting.code, waiting.message())]
        return await _ask(
            request, command, typed=command, errors=wrong, retry_after=waiting.retry_after
        )
    return _file(codes_csv(found, pins=command.pins), _("codes"))


async def _ask(
    request: Page,
    wanted: ExportFilter,
    *,
    typed: ExportCodes | None = None,
    errors: list[FieldError] | None = None,
    retry_after: int = 0,
) -> Response[str]:
    number = await count_codes(request.user, wanted)
    batch = await queries.batch(request.user, wanted.batch)
    return page(
        request,
        "inventory/vouchers/export.html",
        status=429 if retry_after else 422 if errors else 200,
        headers={"Retry-After": str(retry_after)} if retry_after else None,
        batch=batch,
        kind_name=localized(batch.kind.names),
        status_word=STATUSES[wanted.status] if wanted.status else "",
        wanted=wanted,
        number=number,
        elsewhere=batch.quantity - number if not wanted.status else 0,
        back=address(wanted, "vouchers"),
        typed=typed,
        errors=errors or [],
        asks=await needs_password(request.user, now=clock.now()),
        longest=LONGEST_EXPLANATION,
        exports=await latest_exports(wanted.batch),
        title=ngettext("%(num)s code into a file", "%(num)s codes into a file", number),
    )


def address(wanted: ExportFilter, end: str) -> str:
    """A page of a batch for the same vouchers."""
    kept = f"?{urlencode({'status': wanted.status})}" if wanted.status else ""
    return f"/vouchers/batches/{wanted.batch}/{end}{kept}"


def status_of(filters: Filters) -> VoucherStatus | None:
    """The status that an address names; None: any."""
    return filters.one_of("status", VoucherStatus, _("Status"))


def _wanted(request: Page, batch_id: UUID) -> ExportFilter:
    """What an address asks for; a file, or the question for one, is of nothing else."""
    filters = Filters(request)
    wanted = ExportFilter(batch_id, status_of(filters))
    filters.need_right()
    return wanted


def _file(content: Any, name: str) -> Stream:
    return Stream(
        content,
        media_type="text/csv",
        status_code=200,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        },
    )


ROUTES = [export_masked, ask_for_codes, export_with_codes]
