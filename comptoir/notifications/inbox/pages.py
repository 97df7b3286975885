"""What people wrote, as pages of the desk."""

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
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, fragment, page, redirect
from comptoir.core.web.forms import Version
from comptoir.notifications.errors import (
    ConversationChanged,
    ConversationNotFound,
    NumberNotAnswered,
)
from comptoir.notifications.inbox import queries, services
from comptoir.notifications.inbox.closing import closing_of
from comptoir.notifications.inbox.schemas import (
    LONGEST_ANSWER,
    AnswerByHand,
    InboxFilter,
    WaitingPlace,
)

Page = Request[Principal, Any, Any]


class AnswerForm(msgspec.Struct, frozen=True):
    """The form of an answer. ``form`` is the one copy of it that was sent."""

    text: str = ""
    version: Version = 0
    form: UUID | None = None


class DoneForm(msgspec.Struct, frozen=True):
    """The button that says that something was looked after; ``next`` is the list it was in."""

    version: Version = 0
    next: str = "/replies"


@get("/replies", guards=[require(Role.RECEPTION)])
async def replies(request: Page) -> Response[str]:
    """Who waits for somebody to read or to call, the longest first."""
    filters = Filters(request)
    site = filters.site()
    place = filters.place("after", cursor_reader(request, WaitingPlace, of="replies"))
    found = await queries.list_waiting(request.user, InboxFilter(site_id=site, after=place))
    return page(
        request,
        "notifications/replies.html",
        found=found,
        next=seal_cursor(request, found.next, of="replies"),
        site_id=site,
        after=place,
    )


@get("/replies/count", guards=[require(Role.RECEPTION)])
async def count(request: Page) -> Response[str]:
    """How many wait, for the menu."""
    number = await queries.count_waiting(request.user)
    return fragment(request, "notifications/_replies_count.html", number=number)


@get("/replies/{conversation_id:uuid}", guards=[require(Role.RECEPTION)])
async def reply(request: Page, conversation_id: FromPath[UUID]) -> Response[str]:
    """What was said with somebody, and the field to answer."""
    return await _show(request, conversation_id, AnswerForm())


@post("/replies/{conversation_id:uuid}/answer", guards=[require(Role.RECEPTION)])
async def answer(
    request: Page,
    conversation_id: FromPath[UUID],
    data: Annotated[AnswerForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Send a text."""
    errors: list[FieldError] = []
    try:
        await services.answer_by_hand(
            request.user,
            conversation_id,
            AnswerByHand(text=data.text),
            version=data.version,
            attempt=data.form,
            now=clock.now(),
        )
    except Invalid as invalid:
        errors = invalid.errors
    except NumberNotAnswered as refused:
        errors = [FieldError("text", refused.code, refused.message())]
    if errors:
        return await _show(request, conversation_id, data, errors)
    return redirect(request, "/replies", flash=Flash("ok", _("The answer will be sent.")))


@post("/replies/{conversation_id:uuid}/done", guards=[require(Role.RECEPTION)])
async def done(
    request: Page,
    conversation_id: FromPath[UUID],
    data: Annotated[DoneForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Say that it was looked after."""
    try:
        await services.mark_done(
            request.user, conversation_id, version=data.version, now=clock.now()
        )
    except ConversationChanged as changed:
        flash = Flash("error", changed.message())
        return redirect(request, f"/replies/{conversation_id}", flash=flash)
    return redirect(request, data.next, flash=Flash("ok", _("Looked after.")))


async def _show(
    request: Page,
    conversation_id: UUID,
    form: AnswerForm,
    errors: list[FieldError] | None = None,
) -> Response[str]:
    talk = await queries.read_conversation(request.user, conversation_id)
    if talk is None:
        raise ConversationNotFound
    return page(
        request,
        "notifications/reply.html",
        status=422 if errors else 200,
        talk=talk,
        said=await queries.read_thread(request.user, talk),
        closing=await closing_of(talk, now=clock.now()),
        form=form,
        errors=errors or [],
        longest=LONGEST_ANSWER,
    )


ROUTES = [replies, count, reply, answer, done]
