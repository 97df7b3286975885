"""``comptoir jobs``: the jobs in a process of their own, for servers with ``COMPTOIR_JOBS=no``."""

from __future__ import annotations

import argparse
import asyncio
import signal
from contextlib import suppress

from comptoir import scheduler
from comptoir.app import create_app
from comptoir.commands.database import bring_up_to_date, require_current
from comptoir.core import db
from comptoir.core.settings import Settings, load
from comptoir.notifications.gateways.configuration import read_routes
from comptoir.opening import open_vault


def run(arguments: argparse.Namespace) -> None:
    """Run the jobs until told to stop by SIGTERM or Ctrl-C."""
    settings = load()
    _ = read_routes(settings)  # a gateway that lacks something is missed now
    create_app(settings)  # each floor tells of its jobs, and the log is set up
    if settings.production:
        asyncio.run(require_current(settings))
    else:
        asyncio.run(bring_up_to_date(settings))
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, told_to_stop.set)
    db.connect(settings.database)
    try:
        await open_vault(settings)
        async with scheduler.running(settings):
            print("Comptoir does its jobs  (Ctrl-C stops it)", flush=True)
            await told_to_stop.wait()
    finally:
        await db.disconnect()
