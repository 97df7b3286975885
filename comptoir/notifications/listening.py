"""What is heard over connections that gateways keep: receipts, and replies, once each.

The turn of the job that sends has the connections, so one process at a time (ADR 0161).
What is not kept is not acknowledged, and told again by the network.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import msgspec

from comptoir.core import clock, db
from comptoir.core.ids import new_id
from comptoir.notifications import text_parts
from comptoir.notifications.gateways.hooks import Incoming, Report
from comptoir.notifications.gateways.lines import Line, Named, Receipt, Said, message_of
from comptoir.notifications.hook_calls import keep_reply, keep_report, text_of
from comptoir.notifications.incoming_numbers import sender_of
from comptoir.notifications.routing import Route

#: How often the outbox is looked into while nothing is heard, and whether the process ends.
LOOKS_EVERY, STOPS_WITHIN = 2.0, 0.5
#: A text that is told again within this is one of which the network lost our answer.
SAME_WITHIN = timedelta(minutes=5)

_CALLED = """
SELECT id, reference, address FROM notifications_message
WHERE gateway = :gateway AND reference IN :names AND reference <> ''
ORDER BY id DESC LIMIT 20
"""
_SAME = """
SELECT 1 AS one FROM notifications_reply
WHERE sender = :sender AND text = :text AND gateway = :gateway AND received_at > :since LIMIT 1
"""


class Keeper:
    """Keeps what is heard; ``heard`` is set when there is something that may be answered."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()

    async def receipt(self, gateway: str, receipt: Receipt, message_id: UUID | None) -> bool:
        """Write down what became of a message; False if nobody knows of which."""
        now = clock.now()
        if message_id is None:
            names = [receipt.reference, *receipt.names]
            rows = await db.fetch(_CALLED, gateway=gateway, names=names)
            message_id = message_of(
                receipt, [Named(row["reference"], row["address"], row["id"]) for row in rows]
            )
            if message_id is None:
                return False
        key = f"{message_id} {receipt.state}"
        report = Report(key, message_id, receipt.status, receipt.reason)
        await keep_report(gateway, report, f"{receipt.reference} {receipt.state}", now=now)
        return True

    async def text(self, gateway: str, said: Said) -> None:
        """Keep what somebody wrote, once all parts of it are there."""
        # What reacts to it are use cases of their own, which take part.
        async with db.joinable():
            if said.part is not None:
                text = await text_parts.join(gateway, said, said.part, now=clock.now())
                if text is None:
                    return
                said = msgspec.structs.replace(said, text=text, part=None)
            await _keep(gateway, said)
        self.heard.set()

    async def late_texts(self) -> None:
        """Keep what has come of texts whose other parts are missing for long."""
        async with db.joinable():
            for gateway, said in await text_parts.take_late(now=clock.now()):
                await _keep(gateway, said)
                self.heard.set()


async def _keep(gateway: str, said: Said) -> None:
    """A whole text; nothing where the network tells it again."""
    now, sender = clock.now(), await sender_of(said.sender, said.recipient)
    since = now - SAME_WITHIN
    if not await db.fetch(
        _SAME, gateway=gateway, sender=sender, text=text_of(said.text), since=since
    ):
        incoming = Incoming(str(new_id()), sender, said.recipient, said.text, None)
        await keep_reply(gateway, incoming, now=now)


class Lines:
    """The connections of a turn."""

    def __init__(self, lines: Sequence[Line], keeper: Keeper) -> None:
        self._lines, self._keeper = lines, keeper

    @property
    def any(self) -> bool:
        """There is one at least."""
        return bool(self._lines)

    async def wait(self, stopping: Callable[[], bool]) -> None:
        """Until something was heard, or it is time to look again; keeps them up meanwhile."""
        for line in self._lines:
            await line.keep()
        for _ in range(round(LOOKS_EVERY / STOPS_WITHIN)):
            with suppress(TimeoutError):
                async with asyncio.timeout(STOPS_WITHIN):
                    await self._keeper.heard.wait()
            if self._keeper.heard.is_set() or stopping():
                break
        self._keeper.heard.clear()


@asynccontextmanager
async def listening(routes: Sequence[Route]) -> AsyncIterator[Lines]:
    """Have the connections of these gateways until the block ends."""
    keeper = Keeper()
    lines = [route.gateway for route in routes if isinstance(route.gateway, Line)]
    try:
        for line in lines:
            await line.open(keeper)
        if lines:
            await keeper.late_texts()
        yield Lines(lines, keeper)
    finally:
        for line in lines:
            await line.close()
