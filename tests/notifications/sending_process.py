"""The job that sends, in a process of its own, which has the connections of its gateways.

``python -m tests.notifications.sending_process DATABASE MINUTES``: it works as if it were so many
minutes later, until it is told to end by SIGTERM. Its gateways are those of the environment.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta

from comptoir.core import clock, db
from comptoir.core.jobs import Turn, run_if_due
from comptoir.core.settings import Settings
from comptoir.notifications.jobs import SENDING


async def work(url: str, ahead: timedelta) -> None:
    """One turn of the job."""
    now = clock.now
    clock.now = lambda: now() + ahead
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    db.connect(url)
    try:
        settings = Settings(gateways=os.environ["COMPTOIR_GATEWAYS"])
        assert await run_if_due(SENDING, Turn(settings, clock.now(), stopping.is_set))
    finally:
        await db.disconnect()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], timedelta(minutes=int(sys.argv[2]))))
