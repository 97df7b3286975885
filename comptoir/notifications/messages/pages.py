"""Messages as pages: what went out and what became of it; the switch and the budget."""

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
from comptoir.core.errors import Invalid, PreconditionFailed
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, page, redirect
from comptoir.core.web.forms import Version, shown_again, status_of_form
from comptoir.core.web.shell import shell_of
from comptoir.notifications.channels import Channel
from comptoir.notifications.errors import MessageMoot, NotLetBe, NotTriedAgain
from comptoir.notifications.gateways.configuration import sends_nothing
from comptoir.notifications.kinds import ALL_KINDS, title_of
from comptoir.notifications.messages import queries, services
from comptoir.notifications.messages.schemas import DecideSending, MessageFilter, MessageState
from comptoir.sites.queries import names_for

Page = Request[Principal, Any, Any]

_CHANNELS = {
    Channel.SMS: _l("SMS"),
    Channel.EMAIL: _l("E-mail"),
    Channel.LETTER: _l("Letter"),
    Channel.CALL: _l("Phone call"),
}

#: No number that a field may hold.
_NO_NUMBER = -1


class BackForm(msgspec.Struct, frozen=True):
    """Where to go on."""

    next: str = "/messages"


class SendingForm(msgspec.Struct, frozen=True):
    """The form of the switch and the budget, as it was filled in."""

    stopped: str = ""
    budget: str = ""
    currency: str = ""
    version: Version = 0

    def command(self) -> DecideSending:
        """What it asks for."""
        text = self.budget.strip()
        whole = text.isascii() and text.isdecimal() and len(text) < 10
        budget = int(text) if whole else _NO_NUMBER
        return DecideSending(
            stopped=bool(self.stopped),
            budget=budget if text else None,
            currency=self.currency.strip().upper(),
        )


@get("/messages", guards=[require(Role.COORDINATOR)])
async def messages(request: Page) -> Response[str]:
    """What went out; what somebody must decide about comes first."""
    now, filters = clock.now(), Filters(request)
    site = filters.site()
    wanted = MessageFilter(
        state=filters.one_of("state", MessageState, _("Which messages")) or MessageState.TO_DECIDE,
        site_id=site,
        kind=filters.among("kind", ALL_KINDS, _("Message")),
        channel=filters.one_of("channel", Channel, _("Sent by")),
        after=filters.place("after", cursor_reader(request, UUID, of="messages")),
    )
    found = await queries.list_messages(request.user, wanted, now=now)
    return page(
        request,
        "notifications/messages.html",
        found=found,
        next=seal_cursor(request, found.next, of="messages"),
        wanted=wanted,
        states=tuple(MessageState),
        kinds=[(code, title_of(code)) for code in ALL_KINDS],
        channels=[(each.value, str(name)) for each, name in _CHANNELS.items()],
        to_decide=await queries.count_to_decide(request.user, site, now=now),
        sending=await queries.read_sending(now=now),
        sends_nothing=sends_nothing(shell_of(request.app).settings),
        decides=request.user.has_role_everywhere(Role.ADMIN),
        sites=[(each.id, each.name) for each in await names_for(request.user)],
    )


@post("/messages/{message_id:uuid}/again", guards=[require(Role.COORDINATOR)])
async def again(
    request: Page,
    message_id: FromPath[UUID],
    data: Annotated[BackForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Send a message once more."""
    try:
        await services.try_again(request.user, message_id, now=clock.now())
        flash = Flash("ok", _("The message will be sent again."))
    except (NotTriedAgain, MessageMoot) as error:
        flash = Flash("error", error.message())
    return redirect(request, data.next, flash=flash)


@post("/messages/{message_id:uuid}/let-be", guards=[require(Role.COORDINATOR)])
async def let_be(
    request: Page,
    message_id: FromPath[UUID],
    data: Annotated[BackForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Nobody need decide about a message any more."""
    try:
        await services.let_be(request.user, message_id, now=clock.now())
        flash = Flash("ok", _("Nobody need decide about this message any more."))
    except NotLetBe as error:
        flash = Flash("error", error.message())
    return redirect(request, data.next, flash=flash)


@get("/messages/sending", guards=[require(Role.COORDINATOR)])
async def sending(request: Page) -> Response[str]:
    """The switch and the budget: coordinators read how they stand."""
    view = await queries.read_sending(now=clock.now())
    form = SendingForm(
        stopped="yes" if view.stopped_at else "",
        budget="" if view.budget is None else str(view.budget),
        currency=view.currency,
        version=view.version,
    )
    decides = request.user.has_role_everywhere(Role.ADMIN)
    return page(
        request, "notifications/sending.html", form=form, view=view, errors=[], decides=decides
    )


@post("/messages/sending", guards=[require(Role.ADMIN)])
async def decide(
    request: Page, data: Annotated[SendingForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str]:
    """Stop or go on, and set the budget."""
    now = clock.now()
    try:
        await services.decide_sending(request.user, data.command(), version=data.version, now=now)
    except (Invalid, PreconditionFailed) as error:
        view = await queries.read_sending(now=now)
        errors, version = shown_again(error, sent=data.version, saved=view.version)
        form = msgspec.structs.replace(data, version=version)
        status = status_of_form(errors)
        return page(
            request,
            "notifications/sending.html",
            status=status,
            form=form,
            view=view,
            errors=errors,
            decides=True,
        )
    return redirect(request, "/messages", flash=Flash("ok", _("Saved.")))


ROUTES = [messages, again, let_be, sending, decide]
