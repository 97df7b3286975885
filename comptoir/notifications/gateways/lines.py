"""Gateways that keep a connection open, over which they also hear: what they need for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable
from uuid import UUID

import msgspec

from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status


class Receipt(msgspec.Struct, frozen=True):
    """What became of the message that a network calls ``reference``; ``state`` is its word.

    ``names`` is what it may have called it before; ``sender`` the phone that it is about.
    """

    reference: str
    state: str
    status: Status
    reason: Reason | None
    names: tuple[str, ...] = ()
    sender: str = ""


class Named(msgspec.Struct, frozen=True):
    """A message of ours, where it went, and what a network called it when it took it."""

    reference: str
    address: str
    message_id: UUID


#: Digits at the end of a number that are the same, however its country is written.
_LAST_DIGITS = 8


def message_of(receipt: Receipt, found: Sequence[Named]) -> UUID | None:
    """Of the messages that a receipt may be about, the latest first, the one that it is.

    What a network calls one message in decimal may be another's name in hexadecimal: the
    phone tells them apart. Without it, only the very same name counts, or where the
    receipt says no phone the only one there is.
    """
    phone = _end_of(receipt.sender)
    same = [each for each in found if each.reference == receipt.reference]
    theirs = [each for each in found if phone and _end_of(each.address) == phone]
    for some in ([each for each in same if each in theirs], theirs, same):
        if some:
            return some[0].message_id
    return found[0].message_id if len(found) == 1 and not phone else None


def _end_of(number: str) -> str:
    digits = "".join(each for each in number if each.isdecimal())
    return digits[-_LAST_DIGITS:] if len(digits) >= _LAST_DIGITS else ""


class Part(msgspec.Struct, frozen=True):
    """Which part of a text it is: from 1 to ``total``; parts of one text share a reference."""

    reference: int
    total: int
    number: int


class Said(msgspec.Struct, frozen=True):
    """A text from a phone, or a part of one."""

    sender: str
    recipient: str
    text: str
    part: Part | None = None


class Ear(Protocol):
    """Keeps what is heard. What it raises is for the network to tell again."""

    async def receipt(self, gateway: str, receipt: Receipt, message_id: UUID | None) -> bool:
        """Write down what became of a message; False if nobody knows of which.

        ``message_id`` is ours, where the gateway knows it by itself.
        """
        ...

    async def text(self, gateway: str, said: Said) -> None:
        """Keep what somebody wrote, once all parts of it are there."""
        ...


@runtime_checkable
class Line(Protocol):
    """A gateway with a connection. One process at a time has it."""

    async def open(self, ear: Ear) -> None:
        """Connect, if that can be; from now on what is heard goes to ``ear``."""
        ...

    async def keep(self) -> None:
        """Connect anew where it broke, if it is time; ask whether the other end is there."""
        ...

    async def close(self) -> None:
        """Say good-bye."""
        ...
