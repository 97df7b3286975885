"""Messages handed to a gateway that takes its time, beside the same calls with no database."""

from __future__ import annotations

import asyncio
import time

from comptoir.core import clock, db
from comptoir.core.ids import new_id
from comptoir.notifications.channels import Channel
from comptoir.notifications.claims import AT_ONCE
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.protocol import Accepted, Answer, Outgoing, Terms, Unknown
from comptoir.notifications.routing import Route
from tests import factories as make
from tests.notifications import rows

MESSAGES = 1_000
#: What a gateway takes to answer, in seconds.
LATENCY = 0.05


class SlowGateway:
    """Answers after ``LATENCY``."""

    name = "slow"
    channels = frozenset({Channel.SMS})
    terms = Terms(per_second=100_000.0)

    async def send(self, message: Outgoing) -> Answer:
        """Take it, after a while."""
        await asyncio.sleep(LATENCY)
        return Accepted(str(message.id))

    async def ask(self, message: Outgoing) -> Answer:
        """It keeps nothing."""
        return Unknown()


async def measured() -> tuple[float, float]:
    """Seconds to send ``MESSAGES``, and to make the same calls with as many at a time."""
    gateway = SlowGateway()
    site = await make.site()
    for _ in range(MESSAGES):
        await rows.message(now=clock.now(), site_id=site.id)
    begun = time.perf_counter()
    while await dispatch([Route(gateway)], now=clock.now()):
        pass
    sent = time.perf_counter()
    await _calls(gateway)
    called = time.perf_counter()
    (left,) = await db.fetch(
        "SELECT COUNT(*) AS number FROM notifications_message WHERE status <> 'accepted'"
    )
    if left["number"]:
        raise LookupError(f"{left['number']} messages were not sent")
    return sent - begun, called - sent


async def _calls(gateway: SlowGateway) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with gate:
            await gateway.send(Outgoing(id=new_id(), address="+41790000000", text=""))

    async with asyncio.TaskGroup() as group:
        for _ in range(MESSAGES):
            group.create_task(one())
