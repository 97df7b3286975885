"""Gateways that tell little or nothing by themselves: what they can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar, runtime_checkable

import msgspec

from comptoir.notifications.gateways import http
from comptoir.notifications.gateways.hooks import Incoming
from comptoir.notifications.gateways.lines import Receipt

_T = TypeVar("_T")


class NotTold(Exception):
    """It could not be asked, or does not say. It is asked again."""


class NotUnderstood(NotTold):
    """What it said of this one thing makes no sense; of others it may."""


@runtime_checkable
class Register(Protocol):
    """Knows what became of its messages."""

    async def became(self, reference: str) -> Receipt | None:
        """What became of the message that it calls so; None where nothing is known yet.

        Raises:
            NotTold: it may know, and does not say.
        """
        ...


@runtime_checkable
class Mailbox(Protocol):
    """Keeps what phones sent."""

    async def replies(self, *, since: datetime) -> Sequence[str]:
        """The names of all that came in since then (UTC), the oldest first.

        Raises:
            NotTold: it may have some, and does not say.
        """
        ...

    async def reply(self, name: str) -> Incoming | None:
        """One of them, whose ``key`` is its name; None if it is no longer there.

        Raises:
            NotTold: it may have it, and does not say.
        """
        ...


async def told(url: str, headers: dict[str, str], kind: type[_T]) -> _T | None:
    """What an address of a gateway has, as ``kind``; None where there is nothing.

    Raises:
        NotTold: it could not be asked, or refused to say.
        NotUnderstood: what it answered makes no sense.
    """
    try:
        answer = await http.request("GET", url, headers=headers)
    except http.TooLong as error:
        raise NotUnderstood from error
    except (http.NotConnected, http.AnswerLost) as error:
        raise NotTold from error
    if answer.status == 404:
        return None
    if answer.status not in (200, 201):
        raise NotTold
    try:
        return msgspec.json.decode(answer.text, type=kind)
    except msgspec.MsgspecError as error:
        raise NotUnderstood from error
