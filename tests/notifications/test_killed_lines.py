"""The process that has the connection to a network is killed: another takes over."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from comptoir.core import clock, db
from comptoir.notifications.claims import AT_ONCE
from comptoir.notifications.statuses import Status
from comptoir.notifications.tables import Message, Reply
from tests import factories as make
from tests.notifications import rows
from tests.notifications.smsc import Smsc, Submit, account, smsc
from tests.roof.commands import ROOT

#: More than one dispatcher begins at once.
MESSAGES = AT_ONCE + 5
#: The network is given so many before the process that sends them dies.
BEFORE = 2
#: Longer than the leases of the job and of its messages.
LATER = 20


@asynccontextmanager
async def sender(url: str, network: Smsc, *, minutes: int = 0) -> AsyncIterator[Process]:
    """A process with the connection, as if it were so many minutes later."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.notifications.sending_process", url, str(minutes)),
        cwd=ROOT,
        env={**os.environ, **account(network.port), "COMPTOIR_SMPP_PER_SECOND": "1000"},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def states() -> Counter[str]:
    found = await Message.select(Message.status)
    return Counter(row["status"] for row in found)


async def until(*wanted: Status, times: int) -> None:
    """Until so many messages are in one of these states."""
    async with asyncio.timeout(90):
        found: Counter[str] = Counter()
        while sum(found[status] for status in wanted) < times:
            found = await states()  # looking lets the other tasks go on


async def test_another_process_takes_over_and_nothing_is_lost_or_sent_twice(
    database_url: str,
) -> None:
    first: list[Process] = []

    async def reply(network: Smsc, submit: Submit, number: int) -> None:
        if number == BEFORE + 1:  # taken, and never answered
            await until(Status.ACCEPTED, times=BEFORE)
            first[0].kill()
            return
        submit.accept(f"m{number}")
        if number > BEFORE:
            await network.tell(f"m{number}", "DELIVRD")

    db.connect(database_url)
    try:
        site = (await make.site()).id
        for number in range(MESSAGES):
            address = f"+4179{number:07}"
            await rows.message(now=clock.now(), site_id=site, address=address)
        async with smsc(reply) as network:
            async with sender(database_url, network) as process:
                first.append(process)
                assert await process.wait() == -signal.SIGKILL
            assert network.binds == 1
            async with sender(database_url, network, minutes=LATER) as process:
                await network.bound_times(2)
                await until(Status.DELIVERED, Status.UNKNOWN, times=MESSAGES - BEFORE)
                # What it hears of messages of the dead one, and of phones, is not lost either.
                for number in range(1, BEFORE + 1):
                    await network.tell(f"m{number}", "DELIVRD")
                await network.says("Je viens demain")
            assert process.returncode == 0
        given = Counter(submit.destination_addr for submit in network.submitted)
        found = {row.address.lstrip("+"): row.status for row in await Message.objects()}
        assert [reply.text for reply in await Reply.objects()] == ["Je viens demain"]
    finally:
        await db.disconnect()
    assert len(found) == MESSAGES
    assert set(given.values()) == {1}, "sent twice"
    assert set(found.values()) == {"delivered", "unknown"}
    # Whatever is said to have gone has gone, and of what was begun with the dead one nobody knows.
    unknown = {number for number, status in found.items() if status == "unknown"}
    assert found.keys() - unknown <= given.keys()
    assert network.submitted[BEFORE].destination_addr in unknown
    assert len(unknown) <= AT_ONCE
