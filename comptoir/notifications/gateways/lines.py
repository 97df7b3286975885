"""Gateways that keep a connection open, over which they also hear: what they need for it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable
from uuid import UUID

import msgspec

from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status


class Receipt(msgspec.Struct, frozen=True):
    """What became of the message that a network calls ``reference``; ``state`` is its word."""

    reference: str
    state: str
    status: Status
    reason: Reason | None


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
