"""Pages about what is written to whom, and when."""

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
from comptoir.core.web.forms import Version
from comptoir.notifications.errors import WishChanged
from comptoir.notifications.reminders import wishes

Page = Request[Principal, Any, Any]


class WishForm(msgspec.Struct, frozen=True):
    """What was ticked."""

    stopped: str = ""
    barest: str = ""
    version: Version = 0


@post("/borrowers/{borrower_id:uuid}/message-wish", guards=[require(Role.RECEPTION)])
async def wish(
    request: Page,
    borrower_id: FromPath[UUID],
    data: Annotated[WishForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """How somebody wants to be written to."""
    command = wishes.SaveWish(stopped=bool(data.stopped), barest=bool(data.barest))
    flash = Flash("ok", _("Saved."))
    try:
        await wishes.save_wish(
            request.user, borrower_id, command, version=data.version, now=clock.now()
        )
    except WishChanged as changed:
        flash = Flash("error", changed.message())
    return redirect(request, f"/borrowers/{borrower_id}", flash=flash)


ROUTES = [wish]
