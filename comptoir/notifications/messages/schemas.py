"""What is shown of messages, and what is decided about them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.phones import show_phone
from comptoir.notifications.channels import Channel
from comptoir.notifications.gateways.local import kept_by
from comptoir.notifications.kinds import title_of
from comptoir.notifications.reasons import Reason, sentence
from comptoir.notifications.statuses import TO_DECIDE, Status


class MessageState(StrEnum):
    """Which messages a list shows."""

    #: Failed or unknown, nobody has tried them again, and their text is still known.
    TO_DECIDE = "to-decide"
    WAITING = "waiting"
    SENT = "sent"
    ALL = "all"


STATUSES: dict[MessageState, tuple[Status, ...]] = {
    MessageState.TO_DECIDE: TO_DECIDE,
    MessageState.WAITING: (Status.QUEUED, Status.SENDING),
    MessageState.SENT: (Status.ACCEPTED, Status.DELIVERED),
    MessageState.ALL: tuple(Status),
}


class MessageFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is limited to. ``after`` is the last message of the page before."""

    state: MessageState = MessageState.TO_DECIDE
    site_id: UUID | None = None
    borrower_id: UUID | None = None
    kind: str | None = None
    channel: Channel | None = None
    after: UUID | None = None
    limit: int = 50


class MessageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a list. Times are UTC; ``cost`` is in whole units of ``currency``.

    ``again`` is true once it was tried again, by another message, ``moot`` if it makes no sense
    any more: what it speaks of is back, was said since, or its time is over.
    """

    id: UUID
    site_id: UUID
    place: str
    time_zone: str
    borrower_id: UUID | None
    borrower: str
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
    cost: Decimal
    currency: str
    not_before: datetime | None
    next_attempt_at: datetime
    sent_at: datetime | None
    created_at: datetime
    again: bool
    again_of: UUID | None
    moot: bool

    @property
    def may_be_tried_again(self) -> bool:
        """It ended badly, nobody has tried again, its text is still known, and it makes sense."""
        ended_badly = self.status in TO_DECIDE or self.is_let_be
        return ended_badly and not self.again and bool(self.text) and not self.moot

    @property
    def may_be_let_be(self) -> bool:
        """Somebody has yet to decide about it."""
        return self.status in TO_DECIDE and self.may_be_tried_again

    @property
    def is_let_be(self) -> bool:
        """It ended badly, and somebody decided that this is all."""
        return self.status is Status.DROPPED and self.reason == Reason.LET_BE

    @property
    def kept_by(self) -> str:
        """The gateway that only kept it here, ``file`` or ``console``; empty: it was sent."""
        return kept_by(self.gateway) if self.status is Status.ACCEPTED else ""

    @property
    def retried(self) -> bool:
        """It waits for another attempt after one that no gateway took."""
        return self.status is Status.QUEUED and self.attempts > 0

    @property
    def kept_back(self) -> bool:
        """It waits for the hour at which it may go."""
        return self.status is Status.QUEUED and self.not_before is not None

    @property
    def title(self) -> str:
        """What coordinators call its kind."""
        return title_of(self.kind)

    @property
    def why(self) -> str:
        """Why it did not arrive, or does not go yet, in the reader's language."""
        return sentence(self.reason)

    @property
    def to(self) -> str:
        """The number as it is written, or the address."""
        return show_phone(self.address)


class MessagePage(msgspec.Struct, frozen=True):
    """One page of a list; ``next`` is the ``after`` of the page that follows, if any."""

    rows: tuple[MessageRow, ...]
    next: UUID | None = None


class SendingView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether messages are sent, and what they cost this month.

    `stopped_at` is null while they are sent. `budget` is for a calendar month (UTC), in whole
    units of `currency`; null is no limit. `spent` is what was spent of it; costs in other
    currencies are added as they are.
    """

    stopped_at: datetime | None
    budget: int | None
    currency: str
    spent: Decimal
    version: int

    @property
    def warns_from(self) -> Decimal | None:
        """Four fifths of the budget; None where there is none."""
        return None if self.budget is None else Decimal(self.budget) * 4 / 5

    @property
    def nearly_spent(self) -> bool:
        """So much is spent that somebody should know."""
        return self.warns_from is not None and self.spent >= self.warns_from


class DecideSending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stop all sending or let it go on, and set the budget of a calendar month."""

    stopped: bool
    budget: (
        Annotated[int, msgspec.Meta(description="In whole units; null: no limit.", examples=[50])]
        | None
    ) = None
    currency: Annotated[str, msgspec.Meta(examples=["CHF"])] = "CHF"
