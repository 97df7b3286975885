"""Answer somebody by hand, and say that something was looked after."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.notifications import outbox
from comptoir.notifications.errors import (
    ConversationChanged,
    ConversationNotFound,
    NumberNotAnswered,
)
from comptoir.notifications.inbox.closing import closing_of
from comptoir.notifications.inbox.queries import read_conversation
from comptoir.notifications.inbox.schemas import LONGEST_ANSWER, AnswerByHand, ConversationRow
from comptoir.notifications.kinds import BY_HAND
from comptoir.notifications.numbers import Number, read_number
from comptoir.notifications.outbox import Draft

_DONE = """
UPDATE notifications_conversation
SET waiting_since = NULL, call_wanted = :unset, version = version + 1
WHERE id = :id AND version = :version
RETURNING id
"""


async def answer_by_hand(
    actor: Principal,
    conversation_id: UUID,
    command: AnswerByHand,
    *,
    version: int,
    attempt: UUID | None = None,
    now: datetime,
) -> None:
    """Send a text to somebody who wrote; with it, what waited is looked after.

    Beneath it stand the place and its next opening, unless they want the barest form.
    ``version`` is the one that was read: where they wrote again since, that waits on. The
    same ``attempt`` sends once.

    Raises:
        ConversationNotFound: there is none at the actor's sites.
        Invalid: the text is empty, or too long.
        NumberNotAnswered: no text message gets there.
    """
    text = _checked(command.text)
    async with db.transaction():
        talk = await _find(actor, conversation_id)
        if not _can_text(talk.number):
            raise NumberNotAnswered
        closing = await closing_of(talk, now=now)
        if closing is None:
            raise NumberNotAnswered
        made = await outbox.write(
            Draft(
                site_id=closing.place.id,
                borrower_id=talk.borrower_id,
                kind=BY_HAND,
                channel="sms",
                address=talk.number,
                language=closing.language,
                text=f"{text}\n{closing.line}".strip(),
                dedupe_key=f"{BY_HAND}:{attempt or new_id()}",
            ),
            now=now,
        )
        if made is None:  # the form was sent twice
            return
        await db.fetch(_DONE, id=talk.id, version=version, unset=False)
        await _record(actor, "conversation.answered", talk, now)


async def mark_done(
    actor: Principal, conversation_id: UUID, *, version: int, now: datetime
) -> None:
    """Say that what somebody wrote was looked after: read, or called back. Twice is as once.

    Raises:
        ConversationNotFound: there is none at the actor's sites.
        ConversationChanged: they wrote again since it was read.
    """
    async with db.transaction():
        talk = await _find(actor, conversation_id)
        if talk.waiting_since is None:
            return
        if not await db.fetch(_DONE, id=talk.id, version=version, unset=False):
            raise ConversationChanged
        await _record(actor, "conversation.done", talk, now)


async def _find(actor: Principal, conversation_id: UUID) -> ConversationRow:
    talk = await read_conversation(actor, conversation_id)
    if talk is None or not actor.has_role(Role.RECEPTION, talk.site_id):
        raise ConversationNotFound
    return talk


async def _record(actor: Principal, action: str, talk: ConversationRow, now: datetime) -> None:
    await audit.record(
        actor,
        action,
        "conversation",
        talk.id,
        now=now,
        related=(talk.borrower_id,),
        site_id=talk.site_id,
    )


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    clean = "".join(each for each in text if each == "\n" or unicodedata.category(each) != "Cc")
    if not clean:
        told = _("Write what you want to answer.")
        raise Invalid([FieldError("text", "notifications.answer-empty", told)])
    if len(clean) > LONGEST_ANSWER:
        told = _(
            "This is too long for a text message: %(length)s characters, of at most %(most)s.",
            length=len(clean),
            most=LONGEST_ANSWER,
        )
        raise Invalid([FieldError("text", "notifications.answer-too-long", told)])
    return clean


def _can_text(number: str) -> bool:
    read = read_number(number, "CH")  # kept with its country code
    return isinstance(read, Number) and read.can_text
