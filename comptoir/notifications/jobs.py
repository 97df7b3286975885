"""What the notifications do by themselves."""

from __future__ import annotations

from datetime import timedelta

from comptoir.core import clock
from comptoir.core.i18n import lazy as _l
from comptoir.core.jobs import Job, Turn, register
from comptoir.notifications.digest.mailing import ALERTING, MAILING
from comptoir.notifications.dispatcher import dispatch, settle
from comptoir.notifications.gateways.configuration import read_routes
from comptoir.notifications.inquiring import inquire
from comptoir.notifications.listening import listening
from comptoir.notifications.reminders.jobs import REMINDING
from comptoir.notifications.retention import forget


async def send_messages(turn: Turn) -> None:
    """Send all that is due, and find out about what a process left when it died.

    Where a gateway keeps a connection, this turn has it, and goes on for a while.
    """
    routes = read_routes(turn.settings)
    async with listening(routes) as lines:
        await settle(routes, now=turn.now)
        while not turn.stopping():
            if await dispatch(routes, now=clock.now()):
                continue
            if not lines.any or clock.now() - turn.now > LISTENS_FOR:
                break
            await lines.wait(turn.stopping)


#: A turn with a connection ends before its longest time, so that good-bye is said.
LISTENS_FOR = timedelta(minutes=4)

SENDING = Job(
    "notifications.send",
    _l("Send messages"),
    every=timedelta(seconds=10),
    longest=timedelta(minutes=5),
    run=send_messages,
)


async def _inquire(turn: Turn) -> None:
    await inquire(read_routes(turn.settings), now=turn.now)


INQUIRING = Job(
    "notifications.inquire",
    _l("Ask for delivery reports and replies"),
    every=timedelta(minutes=1),
    longest=timedelta(minutes=5),
    run=_inquire,
)


async def _forget(turn: Turn) -> None:
    await forget(now=turn.now)


FORGETTING = Job(
    "notifications.forget",
    _l("Forget old messages"),
    every=timedelta(days=1),
    longest=timedelta(minutes=30),
    run=_forget,
)


def register_jobs() -> None:
    """Add the jobs of this floor."""
    register(REMINDING)
    register(SENDING)
    register(INQUIRING)
    register(FORGETTING)
    register(MAILING)
    register(ALERTING)
