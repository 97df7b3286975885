"""What is shown of conversations, and what is done about them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.phones import show_phone

#: Three parts of a text message in the GSM alphabet; who has more to say calls.
LONGEST_ANSWER = 459


class WaitingPlace(msgspec.Struct, frozen=True):
    """A place in the list of what waits, the longest first."""

    at: datetime
    id: UUID


class InboxFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is limited to. ``after`` is the last conversation of the page before."""

    site_id: UUID | None = None
    after: WaitingPlace | None = None
    limit: int = 50


class ConversationRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wrote. Times are UTC.

    ``borrower`` is empty where the number is nobody's, or that of several people
    (``shared``). ``text`` is what they wrote last. ``stopped``: they want no messages.
    """

    id: UUID
    site_id: UUID | None
    place: str
    time_zone: str
    number: str
    borrower_id: UUID | None
    borrower: str
    shared: bool
    stopped: bool
    call_wanted: bool
    waiting_since: datetime | None
    text: str
    version: int

    @property
    def shown_number(self) -> str:
        """The number as it is written."""
        return show_phone(self.number)


class InboxPage(msgspec.Struct, frozen=True):
    """One page of the list; ``next`` is the ``after`` of the page that follows, if any."""

    rows: tuple[ConversationRow, ...]
    next: WaitingPlace | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One text of a conversation; ``theirs``, or ours with what became of it."""

    id: UUID
    theirs: bool
    at: datetime
    text: str
    status: str = ""


class AnswerByHand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody at the desk writes back. Without any name, as all that is sent."""

    text: Annotated[
        str,
        msgspec.Meta(
            description="At most 459 characters. A phone may be read by others: no name, no code.",
            examples=["Bonjour, nous vous appelons cet après-midi."],
        ),
    ]
