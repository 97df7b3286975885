"""Takes messages out of the outbox and hands each to a gateway, once.

    queued ── claim ──▶ leased ── begin ──▶ sending ── send, record ──▶ accepted …

A dispatcher that dies before ``begin`` leaves a lease, after which another sends
the message. One that dies after it leaves a message of which nobody can say whether
it went: ``settle`` asks the gateway, and where that cannot tell, the message is
"unknown" and a person decides. It is never sent again blindly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.core.jobs import CLOCKS_DIFFER_BY
from comptoir.core.logging import without_values
from comptoir.notifications import outcomes
from comptoir.notifications.claims import AT_ONCE, BATCH, LEASE, Claimed, claim
from comptoir.notifications.gateways.protocol import (
    SECONDS_TO_SEND,
    Answer,
    Gateway,
    Outgoing,
    Unknown,
)
from comptoir.notifications.routing import Route

log = structlog.get_logger("comptoir.notifications")

_ABANDONED = f"""
SELECT message.id, message.address, message.text, message.reference, message.gateway
FROM notifications_message message
WHERE message.status = 'sending'
  AND (message.lease_until < :now OR message.lease_until > :longest)
ORDER BY message.lease_until
LIMIT :limit
{db.for_update_of_free("message")}
"""
_TAKE_OVER = """
UPDATE notifications_message SET lease_owner = :owner, lease_until = :until WHERE id IN :ids
"""


async def dispatch(routes: Sequence[Route], *, now: datetime) -> int:
    """Send some of the messages whose time has come; how many it claimed.

    Each is handed over once, whatever happens to this process at any moment.
    """
    owner = new_id()
    claimed = await claim(routes, owner, now=now)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(each: Claimed) -> None:
        async with gate:
            if await outcomes.begin(each.message.id, owner, now=now):
                answer = await _safely(each.gateway, each.gateway.send, each.message)
                await outcomes.record(each.message.id, owner, answer, now=now)

    async with asyncio.TaskGroup() as group:
        for each in claimed:
            group.create_task(one(each))
    return len(claimed)


async def settle(routes: Sequence[Route], *, now: datetime) -> int:
    """Find out about messages whose dispatcher died while it handed them over; how many."""
    owner = new_id()
    gateways = {route.gateway.name: route.gateway for route in routes}
    async with db.transaction():
        longest = now + LEASE + CLOCKS_DIFFER_BY  # what is longer, a wrong clock wrote
        rows = await db.fetch(_ABANDONED, now=now, longest=longest, limit=BATCH)
        if rows:
            ids = [row["id"] for row in rows]
            await db.execute(_TAKE_OVER, ids=ids, owner=owner, until=now + LEASE)
    for row in rows:
        gateway = gateways.get(row["gateway"])
        answer: Answer = Unknown()
        if gateway is not None:
            message = Outgoing(
                id=row["id"], address=row["address"], text=row["text"], reference=row["reference"]
            )
            answer = await _safely(gateway, gateway.ask, message)
        await outcomes.record(row["id"], owner, answer, now=now)
    return len(rows)


async def _safely(
    gateway: Gateway, act: Callable[[Outgoing], Awaitable[Answer]], message: Outgoing
) -> Answer:
    """What a gateway answers in time; one that fails leaves it unknown."""
    try:
        async with asyncio.timeout(SECONDS_TO_SEND):
            return await act(message)
    except TimeoutError:
        return Unknown()
    except Exception as error:
        log.error("gateway failed", gateway=gateway.name, **without_values(error))
        return Unknown()
