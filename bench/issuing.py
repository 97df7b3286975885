"""Vouchers given over HTTP, beside the same rows written by plain SQL on our own connections."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from bench.data import make_desk
from bench.programs import Client, for_seconds, serving
from comptoir.core import audit, clock, db, idempotency, migrations, vault
from comptoir.core.idempotency import Attempt, Outcome
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers import taking
from tests import factories as make

CLIENTS = 8
VOUCHERS = 10_000
KEY = "a key for measuring alone that opens nothing"

_INSERT = """
INSERT INTO lending_voucher_issue (id, voucher, kind, borrower, site, override_reason, issued_at)
VALUES (:issue_id, :voucher_id, :kind_id, :borrower_id, :site_id, '', :now)
"""


async def measured(url: str, folder: Path, *, workers: int, seconds: float) -> tuple[float, ...]:
    """Vouchers given a second over HTTP, the same by plain SQL, and p50 and p95 of the first."""
    os.environ["COMPTOIR_VOUCHER_KEYS"] = KEY
    vault.use(Vault([KEY]))
    db.connect(url)
    await migrations.migrate()
    desk = await make_desk(1)
    kinds = [await make.voucher_kind() for _ in range(2)]
    for kind in kinds:
        await make.voucher_policy(kind)
        batch = await make.voucher_batch(kind, site_id=desk.site)
        for _ in range(VOUCHERS):
            await make.voucher(batch)
    floor = await _floor(kinds[0].id, desk.borrowers, desk.site, seconds)
    await db.disconnect()
    with serving(url, folder, workers=workers) as program:

        async def act(number: int) -> AsyncIterator[None]:
            async with Client(program.port, desk.token) as client:
                while True:
                    number += 1
                    card = desk.cards[number % len(desk.cards)]
                    body = {"kind": str(kinds[1].id), "borrower": card}
                    key = str(uuid.uuid4())
                    status, answer = await client.ask("POST", "/api/v1/voucher-issues", body, key)
                    if status != 201:
                        raise RuntimeError(f"{status} {answer!r}")
                    yield

        begun = time.perf_counter()
        count, times = await for_seconds(seconds, CLIENTS, act)
        rate = count / (time.perf_counter() - begun)
    times.sort()
    return rate, floor, times[len(times) // 2] * 1000, times[len(times) * 19 // 20] * 1000


async def _floor(kind: UUID, people: list[UUID], site: UUID, seconds: float) -> float:
    """A choice and its four writes, as often as it goes: nothing asked, nothing decided."""
    until = time.perf_counter() + seconds

    async def give_all(number: int) -> int:
        given = 0
        while time.perf_counter() < until:
            now = clock.now()
            async with db.transaction():
                taken = await taking.choose(
                    site_id=site, kind_id=kind, time_zone="Europe/Zurich", now=now
                )
                if taken is None:
                    raise RuntimeError("too few vouchers")
                values = {
                    "issue_id": new_id(),
                    "voucher_id": taken.id,
                    "kind_id": kind,
                    "borrower_id": people[number % len(people)],
                    "site_id": site,
                    "now": now,
                }
                trail = audit.values(
                    SYSTEM, "voucher.issued", "voucher", taken.id, now=now, site_id=site
                )
                attempt = Attempt(str(uuid.uuid4()), "f" * 64, owner=site)
                kept = idempotency.values(SYSTEM, attempt, Outcome(201, "{}"), now=now)
                await db.write(
                    (_INSERT, values),
                    (taking.ISSUE, values),
                    (audit.INSERT, trail),
                    (idempotency.INSERT, kept),
                )
            given += 1
        return given

    begun = time.perf_counter()
    counts = await asyncio.gather(*(give_all(number) for number in range(CLIENTS)))
    return sum(counts) / (time.perf_counter() - begun)
