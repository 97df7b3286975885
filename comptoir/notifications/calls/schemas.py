"""The call list, and what may come of a call."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core.api.types import Moment
from comptoir.core.phones import show_phone
from comptoir.notifications.inbound.wishes import WishBefore

#: So long an outcome can be taken back.
UNDO_TIME = timedelta(minutes=1)


class Outcome(StrEnum):
    """What came of a call."""

    REACHED = "reached"
    VOICEMAIL = "voicemail"
    WRONG_NUMBER = "wrong-number"
    CALL_BACK = "call-back"


class CallState(StrEnum):
    """Which part of the list."""

    NOW = "now"
    LATER = "later"
    UNREACHABLE = "unreachable"


class CallPlace(msgspec.Struct, frozen=True):
    """A place in the list of calls, the longest wait first."""

    at: datetime
    borrower_id: UUID
    site_id: UUID


class CallFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is limited to; a ``state`` of None is any.

    ``after`` is the last person of the page before.
    """

    state: CallState | None = CallState.NOW
    site_id: UUID | None = None
    borrower_id: UUID | None = None
    after: CallPlace | None = None
    limit: int = 50


class Script(msgspec.Struct, frozen=True):
    """What to say about one matter: in the reader's words, and in those of the person."""

    kind: str
    text: str
    theirs: str


class CallEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to call for a site, with all that there is to tell them. Times are UTC.

    ``phone`` is empty where there is none, or where somebody said that it is not theirs.
    ``counsellor_phone`` is the number that stands in ``counsellor``, if one does.
    ``last`` is what came of the last call. ``proposed`` is a time for another, on the site's
    clock, as a field for a time takes it.
    """

    site_id: UUID
    place: str
    time_zone: str
    borrower_id: UUID
    borrower: str
    language: str
    phone: str
    email: str
    counsellor: str
    counsellor_phone: str
    at: datetime
    scripts: tuple[Script, ...]
    last: Outcome | None
    last_at: datetime | None
    proposed: str

    @property
    def key(self) -> str:
        """What tells the entry from others of a page."""
        return f"{self.borrower_id}-{self.site_id}"

    @property
    def proposed_at(self) -> datetime:
        """The time that is proposed, on the site's clock."""
        return datetime.fromisoformat(self.proposed).replace(tzinfo=ZoneInfo(self.time_zone))

    @property
    def shown_phone(self) -> str:
        """The number as it is written."""
        return show_phone(self.phone)

    @property
    def shown_counsellor_phone(self) -> str:
        """The same, of the counsellor's."""
        return show_phone(self.counsellor_phone)

    @property
    def same_language(self) -> bool:
        """True if the person's words are the reader's."""
        return all(each.text == each.theirs for each in self.scripts)


class CallCounts(msgspec.Struct, frozen=True):
    """How many people are in each part of the list."""

    now: int = 0
    later: int = 0
    unreachable: int = 0


class CallPage(msgspec.Struct, frozen=True):
    """One page of the list; ``next`` is the ``after`` of the page that follows, if any."""

    entries: tuple[CallEntry, ...]
    next: CallPlace | None = None


class RecordOutcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of a call. `call_at` is needed where they are to be called back; else, none."""

    site_id: UUID
    outcome: Outcome
    call_at: (
        Annotated[Moment, msgspec.Meta(description="When to call again, at most 60 days ahead.")]
        | None
    ) = None
    phone: Annotated[
        str,
        msgspec.Meta(
            max_length=20,
            examples=["+41791234567"],
            description="The number that was called and is wrong. Where theirs is another by now, "
            "nothing is written down.",
        ),
    ] = ""


class LineBefore(msgspec.Struct, frozen=True):
    """When a line of the list was to be looked at."""

    id: UUID
    next_attempt_at: datetime


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What an outcome changed: lines, what announcements were ticked, and wishes."""

    lines: tuple[LineBefore, ...] = ()
    told: tuple[UUID, ...] = ()
    wishes: tuple[WishBefore, ...] = ()


class OutcomeView(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a call, for as long as it can be taken back."""

    id: UUID
    borrower_id: UUID
    borrower: str
    outcome: Outcome
