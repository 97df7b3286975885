"""What people wrote, for other programs."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec

from comptoir.core.api import (
    Call,
    Moment,
    Page,
    PageQuery,
    decode_cursor,
    encode_cursor,
    get,
    post,
)
from comptoir.notifications.errors import (
    ConversationChanged,
    ConversationNotFound,
    NumberNotAnswered,
)
from comptoir.notifications.inbox import queries, services
from comptoir.notifications.inbox.schemas import (
    AnswerByHand,
    ConversationRow,
    InboxFilter,
    Said,
    WaitingPlace,
)
from comptoir.sites.errors import SiteNotFound

TAG = "Messages"


class ConversationsQuery(PageQuery, frozen=True, kw_only=True):
    """Which conversations."""

    site: Annotated[UUID, msgspec.Meta(description="Of this site.")] | None = None


class ConversationLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wrote. `text` is what they wrote last.

    `borrower_id` is null where the number is nobody's, or that of several people (`shared`).
    `stopped`: they want no messages. `waiting_since` is null once it was looked after.
    """

    id: UUID
    site_id: UUID | None
    number: str
    borrower_id: UUID | None
    shared: bool
    stopped: bool
    call_wanted: bool
    waiting_since: Moment | None
    text: str
    version: int


class SaidLine(msgspec.Struct, frozen=True, kw_only=True):
    """One text. `status` is what became of one of ours."""

    id: UUID
    theirs: bool
    at: Moment
    text: str
    status: str


class ConversationView(ConversationLine, frozen=True, kw_only=True):
    """A conversation with what was said last, the oldest first."""

    said: list[SaidLine]


@get("/conversations", scopes=("borrowers",), tag=TAG, errors=(SiteNotFound,))
async def list_conversations(call: Call, query: ConversationsQuery) -> Page[ConversationLine]:
    """List who waits for somebody to read or to call, the longest first."""
    wanted = InboxFilter(
        site_id=query.site, after=decode_cursor(query.cursor, WaitingPlace), limit=query.limit
    )
    found = await queries.list_waiting(call.actor, wanted)
    following = encode_cursor(found.next) if found.next else None
    return Page([ConversationLine(**_line(row)) for row in found.rows], following)


@get(
    "/conversations/{conversation_id:uuid}",
    scopes=("borrowers",),
    tag=TAG,
    errors=(ConversationNotFound,),
)
async def read_conversation(call: Call, conversation_id: UUID) -> ConversationView:
    """Read a conversation."""
    return await _read(call, conversation_id)


@post(
    "/conversations/{conversation_id:uuid}/answers",
    scopes=("borrowers",),
    tag=TAG,
    errors=(ConversationNotFound, NumberNotAnswered),
    conditional=True,
)
async def answer_conversation(
    call: Call, conversation_id: UUID, data: AnswerByHand
) -> ConversationView:
    """Send a text to somebody who wrote; the place and its next opening are added beneath.

    With it, what waited is looked after; unless they wrote again since the version in
    `If-Match`.
    """
    await services.answer_by_hand(
        call.actor, conversation_id, data, version=call.version, now=call.now
    )
    return await _read(call, conversation_id)


@post(
    "/conversations/{conversation_id:uuid}/done",
    scopes=("borrowers",),
    tag=TAG,
    errors=(ConversationNotFound, ConversationChanged),
    conditional=True,
)
async def mark_conversation_done(call: Call, conversation_id: UUID) -> ConversationView:
    """Say that what somebody wrote was looked after: read, or called back."""
    await services.mark_done(call.actor, conversation_id, version=call.version, now=call.now)
    return await _read(call, conversation_id)


async def _read(call: Call, conversation_id: UUID) -> ConversationView:
    talk = await queries.read_conversation(call.actor, conversation_id)
    if talk is None:
        raise ConversationNotFound
    said = [_said(each) for each in await queries.read_thread(call.actor, talk)]
    return ConversationView(**_line(talk), said=said)


def _line(row: ConversationRow) -> dict[str, Any]:
    """A conversation without the person's name."""
    return {name: getattr(row, name) for name in ConversationLine.__struct_fields__}


def _said(each: Said) -> SaidLine:
    return SaidLine(id=each.id, theirs=each.theirs, at=each.at, text=each.text, status=each.status)


ROUTES = [list_conversations, read_conversation, answer_conversation, mark_conversation_done]
