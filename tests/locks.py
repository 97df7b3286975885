"""Two transactions at one row, one of which has to wait for the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from comptoir.core import db

_SECONDS = 60
_WAITS_FOR_A_ROW = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def overtaken(
    first: Callable[[Callable[[], Awaitable[None]]], Coroutine[Any, Any, None]],
    second: Coroutine[Any, Any, Any],
) -> None:
    """Run ``first``, and ``second`` so that it reads before ``first`` has written.

    ``first(until_waited_for)`` takes its lock, awaits its argument, and writes. On
    PostgreSQL ``second`` then waits for the row; on SQLite it waits to begin.
    """
    locked, waited_for = asyncio.Event(), asyncio.Event()

    async def until_waited_for() -> None:
        locked.set()
        await waited_for.wait()

    # The group gives up where one of them fails before the other is waited for.
    async with asyncio.timeout(_SECONDS), asyncio.TaskGroup() as group:
        group.create_task(first(until_waited_for))
        await locked.wait()
        following = group.create_task(second)
        while db.is_postgres() and not await db.fetch(_WAITS_FOR_A_ROW):
            assert not following.done(), "it did not wait"
        waited_for.set()
