"""The page of the week, and the wish to get it by e-mail."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.shell import shell_of
from comptoir.notifications.channels import Channel
from comptoir.notifications.digest import wishes
from comptoir.notifications.digest.counting import weeks_for
from comptoir.notifications.digest.words import PATH, lines_of
from comptoir.notifications.gateways.configuration import channels_of

Page = Request[Principal, Any, Any]
COORDINATOR = [require(Role.COORDINATOR)]


class MailForm(msgspec.Struct, frozen=True):
    """Where to send it; empty: nowhere."""

    email: str = ""


@get(PATH, guards=COORDINATOR)
async def this_week(request: Page) -> Response[str]:
    """What waits at the actor's sites."""
    return await _page(request, await wishes.address_of(request.user))


@post(f"{PATH}/mail", guards=COORDINATOR)
async def decide_mail(
    request: Page, data: Annotated[MailForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str]:
    """Get it by e-mail, or no more."""
    try:
        await wishes.want(request.user, data.email, now=clock.now())
    except Invalid as invalid:
        return await _page(request, data.email, invalid)
    return redirect(request, PATH, flash=Flash("ok", _("Saved.")))


async def _page(request: Page, email: str, invalid: Invalid | None = None) -> Response[str]:
    weeks = await weeks_for(request.user, now=clock.now())
    channels = channels_of(shell_of(request.app).settings)
    return page(
        request,
        "notifications/this_week.html",
        status=422 if invalid else 200,
        weeks=[(week.name, lines_of(week)) for week in weeks],
        email=email,
        mails=Channel.EMAIL in channels,
        errors=invalid.errors if invalid else [],
    )


ROUTES = [this_week, decide_mail]
