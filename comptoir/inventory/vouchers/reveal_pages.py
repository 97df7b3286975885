"""The code of a voucher on a page: masked, asked for, shown large, and hidden again.

    {% include "inventory/vouchers/_code.html" %}

shows it on any page with ``voucher`` (``revealing.Masked``) and ``back``, the page one is on. It is
posted: no address and no history holds it. The whole page is for browsers without JavaScript.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from comptoir.core import clock
from comptoir.core.accounts.errors import PasswordAgainNeeded
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.principal import Principal, Role
from comptoir.core.vault import Untold
from comptoir.core.web import fragment, page
from comptoir.core.web.context import is_htmx, local_path
from comptoir.inventory.vouchers.guidance import guidance
from comptoir.inventory.vouchers.revealing import masked, reveal

Page = Request[Principal, Any, Any]
RECEPTION = [require(Role.RECEPTION)]
PATH = "/vouchers/{voucher_id:uuid}/code"

#: How long a code stays on the screen, in seconds.
SHOWN_FOR = 60


class Asked(Untold, frozen=True):
    """The page one is on, and the password where it was asked for."""

    back: str = "/"
    current_password: str = ""


@get(PATH, guards=RECEPTION)
async def masked_code(request: Page, voucher_id: FromPath[UUID]) -> Response[str]:
    """The voucher, its code masked."""
    return await _answer(request, voucher_id, back="/")


@post(PATH, guards=RECEPTION)
async def show_code(
    request: Page,
    voucher_id: FromPath[UUID],
    data: Annotated[Asked, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Its code, or the question for the password where that was given too long ago."""
    back, now = local_path(data.back), clock.now()
    try:
        shown = await reveal(request.user, voucher_id, password=data.current_password, now=now)
    except PasswordAgainNeeded:
        return await _answer(request, voucher_id, back=back, asks=True)
    except Invalid as invalid:
        request.scope["state"]["error_code"] = invalid.code
        return await _answer(request, voucher_id, back=back, asks=True, errors=invalid.errors)
    # A page that was sent whole has no script to rely on: the browser itself leaves it.
    hiding = {} if is_htmx(request.scope) else {"Refresh": f"{SHOWN_FOR}; url={_path(voucher_id)}"}
    guide = await guidance(voucher_id, shown)
    return await _answer(request, voucher_id, back=back, guide=guide, headers=hiding)


async def _answer(
    request: Page,
    voucher_id: UUID,
    *,
    back: str,
    asks: bool = False,
    errors: list[FieldError] | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response[str]:
    known: dict[str, Any] = {
        "voucher": await masked(request.user, voucher_id, now=clock.now()),
        "back": back,
        "asks": asks,
        "errors": errors or [],
        "seconds": SHOWN_FOR,
        **more,
    }
    status = 422 if errors else 200
    if is_htmx(request.scope):
        return fragment(request, "inventory/vouchers/_code.html", status=status, **known)
    return page(request, "inventory/vouchers/code.html", status=status, headers=headers, **known)


def _path(voucher_id: UUID) -> str:
    return f"/vouchers/{voucher_id}/code"


ROUTES = [masked_code, show_code]
