"""Whom no message reaches: higher floors, which send, know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

#: How somebody wishes to be reached where a message can do it.
BY_MESSAGE = ("phone", "email")

#: Those of some people to whom no text message and no e-mail would go.
Unreached = Callable[[Sequence[UUID]], Awaitable[set[UUID]]]
_unreached: list[Unreached] = []


def let_say(unreached: Unreached) -> None:
    """Let a higher floor say whom no message reaches. Twice is the same as once."""
    if unreached not in _unreached:
        _unreached.append(unreached)


async def not_reached(people: Sequence[UUID]) -> list[UUID]:
    """Those of some people, who wish to get messages, to whom none would go."""
    found: set[UUID] = set()
    for each in _unreached if people else ():
        found |= await each(people)
    return [borrower_id for borrower_id in people if borrower_id in found]
