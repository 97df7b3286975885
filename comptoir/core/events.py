"""Facts that a higher floor may react to.

A handler runs inside the transaction that published the fact, and only writes
rows. What has to leave the program is written to an outbox and sent after the
commit by somebody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

Event = TypeVar("Event")
_handlers: dict[type, list[Callable[[Any], Awaitable[None]]]] = defaultdict(list)


def subscribe(event: type[Event], handler: Callable[[Event], Awaitable[None]]) -> None:
    """Call ``handler`` for each ``event``. Subscribing twice is the same as once."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


async def publish(event: object) -> None:
    """Tell every subscriber, in order; an error in one undoes the whole use case."""
    for handler in _handlers[type(event)]:
        await handler(event)
