"""A dispatcher in a process of its own, which dies at a statement that it was told.

``python -m tests.notifications.dispatcher_process DATABASE GATEWAY NOW STATEMENT``: it works as
if it were ``NOW`` until nothing is left to do. Its process id goes to the gateway as the user's
name, so that it can be killed from there too.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime

from comptoir.core import db
from comptoir.notifications.dispatcher import dispatch, settle
from comptoir.notifications.gateways.kannel import KannelGateway
from comptoir.notifications.gateways.protocol import Terms
from comptoir.notifications.routing import Route


async def work(url: str, gateway_url: str, now: datetime, last: int) -> None:
    """Send until nothing is left, or until the ``last`` statement (0: none)."""
    gateway = KannelGateway(
        gateway_url, user=str(os.getpid()), password="x", sender="x", terms=Terms(10_000)
    )
    sent = 0

    def count(statement: str) -> None:
        nonlocal sent
        sent += 1
        if sent == last:
            os.kill(os.getpid(), signal.SIGKILL)

    db.connect(url).listeners.append(count)
    try:
        routes = [Route(gateway)]
        while await settle(routes, now=now) + await dispatch(routes, now=now):
            pass
    finally:
        await db.disconnect()


def run(url: str, gateway_url: str, now: datetime, last: int) -> None:
    """The same, in a process that was made for it."""
    asyncio.run(work(url, gateway_url, now, last))


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3]), int(sys.argv[4]))
