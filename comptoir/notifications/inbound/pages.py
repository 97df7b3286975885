"""The button that says that a number is right."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, redirect
from comptoir.notifications.errors import NumberNotAsked
from comptoir.notifications.inbound.right_numbers import ConfirmNumber, confirm_number

Page = Request[Principal, Any, Any]


class ConfirmForm(msgspec.Struct, frozen=True):
    """The number that was shown, and the page it was shown on."""

    phone: str
    next: str = "/desk"


@post("/borrowers/{borrower_id:uuid}/number-confirmations", guards=[require(Role.RECEPTION)])
async def confirm(
    request: Page,
    borrower_id: FromPath[UUID],
    data: Annotated[ConfirmForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Somebody says that their number is right."""
    flash = Flash("ok", _("This number is asked about no more."))
    try:
        await confirm_number(
            request.user, borrower_id, ConfirmNumber(phone=data.phone), now=clock.now()
        )
    except NumberNotAsked as gone:
        flash = Flash("error", gone.message())
    return redirect(request, data.next, flash=flash)


ROUTES = [confirm]
