"""Waiting for what another process or task does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")

#: So long that looking takes nothing from what is waited for, and adds little; in seconds.
_PAUSE = 0.05
#: Long enough for a busy machine; in seconds.
_PATIENCE = 120


async def until(look: Callable[[], Awaitable[Seen]]) -> Seen:
    """What ``look`` sees once that is true.

    Raises:
        TimeoutError: it has not come to that in two minutes.
    """
    async with asyncio.timeout(_PATIENCE):
        while not (seen := await look()):  # noqa: ASYNC110 - no event crosses processes
            await asyncio.sleep(_PAUSE)
    return seen
