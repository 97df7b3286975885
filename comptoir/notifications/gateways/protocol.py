"""What a gateway is given, and what it may answer."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

import msgspec

from comptoir.notifications.channels import Channel
from comptoir.notifications.reasons import Reason


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message as a gateway gets it; ``id`` is ours, for what it tells of it later.

    What stands below ``text`` is for e-mail: ``place`` is who writes, ``reply_to`` where the
    place reads answers (empty: nowhere), ``can_be_stopped`` whether it is to a borrower.
    """

    id: UUID
    address: str
    text: str
    subject: str = ""
    place: str = ""
    reply_to: str = ""
    can_be_stopped: bool = False
    language: str = ""
    reference: str = ""


class Accepted(msgspec.Struct, frozen=True):
    """The gateway has it, and calls it ``reference`` (empty: it did not say)."""

    reference: str = ""


class NotTaken(msgspec.Struct, frozen=True):
    """The gateway surely does not have it. Later, or through another one, it may go."""

    reason: Reason


class Rejected(msgspec.Struct, frozen=True):
    """It does not have it, and never will: the number or the text is why."""

    reason: Reason


class Unknown(msgspec.Struct, frozen=True):
    """It may have it: the answer was lost, or makes no sense."""

    reason: Reason = Reason.ANSWER_LOST


Answer = Accepted | NotTaken | Rejected | Unknown


class Terms(msgspec.Struct, frozen=True):
    """What a gateway takes: messages ``per_second`` in the long run, and money.

    ``part_price`` is what a part costs, in ten-thousandths of ``currency``.
    """

    per_second: float
    part_price: int = 0
    currency: str = ""


#: Where nothing else is said.
FOR_NOTHING = Terms(per_second=5.0)


class Gateway(Protocol):
    """What carries messages. ``channels`` are those whose messages it carries."""

    name: str
    channels: frozenset[Channel]
    terms: Terms

    async def send(self, message: Outgoing) -> Answer:
        """Hand a message over. It answers within ``SECONDS_TO_SEND``, and raises nothing."""
        ...

    async def ask(self, message: Outgoing) -> Answer:
        """What it knows of a message whose answer was lost; ``Unknown`` where it cannot tell."""
        ...


#: Within so many seconds a gateway answers, or its answer is lost.
SECONDS_TO_SEND = 20.0
