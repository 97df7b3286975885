"""Messages for other programs."""

from __future__ import annotations

from typing import Annotated
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
    put,
)
from comptoir.notifications.channels import Channel
from comptoir.notifications.errors import (
    AdministratorNeeded,
    MessageMoot,
    MessageNotFound,
    NotLetBe,
    NotTriedAgain,
    SendingChanged,
)
from comptoir.notifications.messages import queries, services
from comptoir.notifications.messages.schemas import (
    DecideSending,
    MessageFilter,
    MessageRow,
    MessageState,
    SendingView,
)
from comptoir.notifications.statuses import Status
from comptoir.sites.errors import SiteNotFound

TAG = "Messages"


class MessagesQuery(PageQuery, frozen=True, kw_only=True):
    """Which messages."""

    state: Annotated[
        MessageState,
        msgspec.Meta(
            description="To decide: failed or unknown, and not tried again. "
            "Waiting: not with a gateway yet. Sent: a gateway has it, or the phone."
        ),
    ] = MessageState.ALL
    site: Annotated[UUID, msgspec.Meta(description="Of this site.")] | None = None
    borrower: Annotated[UUID, msgspec.Meta(description="The id of a borrower.")] | None = None
    kind: (
        Annotated[
            str,
            msgspec.Meta(
                description="The kind of message, such as `due-soon`.",
                max_length=40,
                pattern="^[a-z0-9-]+$",
            ),
        ]
        | None
    ) = None

    channel: Annotated[Channel, msgspec.Meta(description="The way it takes.")] | None = None


class MessageLine(msgspec.Struct, frozen=True, kw_only=True):
    """A message. `status` only moves forward. `cost` is in whole units of `currency`.

    `reason` is a code that says why it failed, was dropped, or does not go yet. `again` is true
    once it was tried again; `again_of` is the message that this one tries again. `moot`: it makes
    no sense any more, so it cannot be tried again.
    """

    id: UUID
    site_id: UUID
    borrower_id: UUID | None
    kind: str
    channel: str
    address: str
    language: str
    text: str
    status: Status
    reason: str
    attempts: int
    gateway: str
    parts: int
    cost: str
    currency: str
    next_attempt_at: Moment
    sent_at: Moment | None
    created_at: Moment
    again: bool
    again_of: UUID | None
    moot: bool


@get("/messages", scopes=("borrowers",), tag=TAG, errors=(SiteNotFound,))
async def list_messages(call: Call, query: MessagesQuery) -> Page[MessageLine]:
    """List messages, the latest first."""
    wanted = MessageFilter(
        state=query.state,
        site_id=query.site,
        borrower_id=query.borrower,
        kind=query.kind,
        channel=query.channel,
        after=decode_cursor(query.cursor, UUID),
        limit=query.limit,
    )
    found = await queries.list_messages(call.actor, wanted, now=call.now)
    following = encode_cursor(found.next) if found.next else None
    return Page([line(row) for row in found.rows], following)


@get("/messages/{message_id:uuid}", scopes=("borrowers",), tag=TAG, errors=(MessageNotFound,))
async def read_message(call: Call, message_id: UUID) -> MessageLine:
    """Read a message."""
    return await _read(call, message_id)


@post(
    "/messages/{message_id:uuid}/tries",
    scopes=("borrowers",),
    tag=TAG,
    status=201,
    errors=(MessageNotFound, NotTriedAgain, MessageMoot),
    location="/messages/{id}",
)
async def try_message_again(call: Call, message_id: UUID) -> MessageLine:
    """Send a message that failed, is unknown or was let be once more, as a new one.

    It goes to the number that the person has by now.
    """
    made = await services.try_again(call.actor, message_id, now=call.now)
    return await _read(call, made)


@post(
    "/messages/{message_id:uuid}/let-be",
    scopes=("borrowers",),
    tag=TAG,
    errors=(MessageNotFound, NotLetBe),
)
async def let_message_be(call: Call, message_id: UUID) -> MessageLine:
    """Drop a message that failed or is unknown: nobody need decide about it any more.

    It may still be tried again.
    """
    await services.let_be(call.actor, message_id, now=call.now)
    return await _read(call, message_id)


@get("/sending", scopes=("settings",), tag=TAG)
async def read_sending(call: Call) -> SendingView:
    """Read whether messages are sent, and what they cost this month."""
    return await queries.read_sending(now=call.now)


@put("/sending", scopes=("settings",), tag=TAG, errors=(AdministratorNeeded, SendingChanged))
async def decide_sending(call: Call, data: DecideSending) -> SendingView:
    """Stop all sending or let it go on, and set the budget of a calendar month.

    What waits meanwhile is sent afterwards.
    """
    await services.decide_sending(call.actor, data, version=call.version, now=call.now)
    return await queries.read_sending(now=call.now)


async def _read(call: Call, message_id: UUID) -> MessageLine:
    found = await queries.read_message(call.actor, message_id, now=call.now)
    if found is None:
        raise MessageNotFound
    return line(found)


def line(row: MessageRow) -> MessageLine:
    """A message without the person's name."""
    return MessageLine(
        id=row.id,
        site_id=row.site_id,
        borrower_id=row.borrower_id,
        kind=row.kind,
        channel=row.channel,
        address=row.address,
        language=row.language,
        text=row.text,
        status=row.status,
        reason=row.reason,
        attempts=row.attempts,
        gateway=row.gateway,
        parts=row.parts,
        cost=str(row.cost),
        currency=row.currency,
        next_attempt_at=row.next_attempt_at,
        sent_at=row.sent_at,
        created_at=row.created_at,
        again=row.again,
        again_of=row.again_of,
        moot=row.moot,
    )


ROUTES = [
    list_messages,
    read_message,
    try_message_again,
    let_message_be,
    read_sending,
    decide_sending,
]
