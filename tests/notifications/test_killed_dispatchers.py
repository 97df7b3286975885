"""Dispatchers that are killed at every step of a send: nothing is lost, nothing sent twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from contextlib import suppress
from datetime import datetime

from comptoir.core import db
from comptoir.notifications.claims import LEASE
from comptoir.notifications.dispatcher import dispatch, settle
from comptoir.notifications.gateways.kannel import KannelGateway
from comptoir.notifications.gateways.protocol import Terms
from comptoir.notifications.routing import Route
from tests import factories as make
from tests.notifications import rows
from tests.notifications.dispatcher_process import run
from tests.notifications.wire import Wire, http, listening
from tests.processes import alone
from tests.roof.commands import ROOT

MESSAGES = 200
#: So many pairs of dispatchers are killed before one pair is left alone.
DEADLY = 8
#: A dispatcher's statements for a batch: it dies somewhere among them.
STATEMENTS = range(2, 220)
ACCEPTED = http(202, "0: Accepted for delivery")


async def run_dispatcher(url: str, wire: Wire, now: datetime, last: int) -> int:
    """One dispatcher to its end; how it ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.notifications.dispatcher_process"),
        *(url, wire.url, now.isoformat(), str(last)),
        cwd=ROOT,
    )
    return await process.wait()


async def test_a_dispatcher_may_die_at_each_of_its_statements(
    database_url: str, now: datetime
) -> None:
    received: Counter[str] = Counter()

    def reply(query: dict[str, str]) -> bytes:
        received[query["to"]] += 1
        return ACCEPTED

    ends: list[str] = []
    async with listening(reply) as wire:
        gateway = KannelGateway(wire.url, user="x", password="x", sender="x", terms=Terms(10_000))
        routes = [Route(gateway)]
        # Until one lives: it has no further statement to die at.
        while not ends or ends[-1] != "lived":
            at, number = now + 4 * len(ends) * LEASE, len(ends) + 1
            db.connect(database_url)
            try:
                message = await rows.message(now=at, address=f"+4179{number:07}")
            finally:
                await db.disconnect()
            ended = await asyncio.to_thread(alone, run, database_url, wire.url, at, number)
            db.connect(database_url)
            try:
                later = at + 2 * LEASE
                while await settle(routes, now=later) + await dispatch(routes, now=later):
                    pass
                status = (await rows.read(message)).status
            finally:
                await db.disconnect()
            went = received[f"+4179{number:07}"]
            assert (status, went) in (("accepted", 1), ("unknown", 1), ("unknown", 0)), ends
            assert ended in (0, -signal.SIGKILL)
            ends.append(f"{status} {went}" if ended else "lived")
    assert ends[0] == "accepted 1"  # it died before anything was known of it
    assert "unknown 1" in ends  # between the gateway's answer and writing it down


async def test_each_message_goes_once_or_is_unknown(database_url: str, now: datetime) -> None:
    db.connect(database_url)
    site = (await make.site()).id
    ids = [
        await rows.message(now=now, site_id=site, address=f"+4179{number:07}")
        for number in range(MESSAGES)
    ]
    await db.disconnect()
    chance = random.Random(4)
    received: Counter[str] = Counter()
    deadly = True

    def reply(query: dict[str, str]) -> bytes | None:
        received[query["to"]] += 1
        if deadly and chance.random() < 0.03:  # before the answer, or just after it
            with suppress(ProcessLookupError):
                os.kill(int(query["username"]), signal.SIGKILL)
            return chance.choice((None, ACCEPTED))
        return ACCEPTED

    ends: Counter[int] = Counter()
    async with listening(reply) as wire:
        for generation in range(DEADLY + 2):
            deadly = generation < DEADLY
            at = now + 2 * generation * LEASE  # what the dead left is free again
            lasts = [chance.choice(STATEMENTS) if deadly else 0 for _ in range(2)]
            ends.update(
                await asyncio.gather(
                    *(run_dispatcher(database_url, wire, at, last) for last in lasts)
                )
            )

    db.connect(database_url)
    try:
        found = await db.fetch("SELECT id, address, status FROM notifications_message")
    finally:
        await db.disconnect()
    assert {row["id"] for row in found} == set(ids)
    assert ends.keys() == {0, -signal.SIGKILL}
    assert max(received.values()) == 1, "sent twice"
    states = {row["address"]: row["status"] for row in found}
    assert set(states.values()) == {"accepted", "unknown"}
    assert not {to for to, state in states.items() if state == "accepted"} - received.keys()
    # Of each that died some were in the middle of a send, and no more than it sends at once.
    assert 0 < list(states.values()).count("unknown") <= 10 * ends[-signal.SIGKILL]
