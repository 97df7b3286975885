"""Lending and taking back over HTTP, in turns with the floor."""

from __future__ import annotations

import argparse
import statistics
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from bench.data import Desk
from bench.floors import PlainSqlite, PostgresServer, pgbench, pgbench_script
from bench.programs import Client, Program, for_seconds
from bench.table import Table, percentiles

CLIENTS = 8
ITEMS = 400


class _Turns(msgspec.Struct):
    """What the turns of one of the two took: operations a second of each, and of all together."""

    rates: list[float] = []
    done: int = 0
    #: Seconds of processor time, of the program and of PostgreSQL.
    program: float = 0.0
    postgres: float = 0.0
    #: Seconds of each operation.
    times: list[float] = []


async def beside(
    table: Table,
    name: str,
    url: str,
    folder: Path,
    given: argparse.Namespace,
    server: PostgresServer | None,
    desk: Desk,
    program: Program,
) -> None:
    """Tell how fast the program is beside its floor, with 8 clients and with one."""
    plain = None if server else PlainSqlite(url.removeprefix("sqlite:///"), desk, ITEMS)
    for clients in (CLIENTS, 1):
        script = folder / f"floor-{clients}.sql"
        script.write_text(pgbench_script(desk, clients, ITEMS))
        floor, ours = _Turns(), _Turns()
        for _ in range(given.turns):
            if server:
                _floor_turn(floor, server, script, clients, given.seconds)
            elif plain:
                floor.rates.append(plain.run(given.seconds))
            await _turn(ours, server, program, desk, clients, given.seconds)
        who = f"{name}, {clients} client{'s' if clients > 1 else ''}"
        ratio = statistics.median(a / b for a, b in zip(ours.rates, floor.rates, strict=True))
        rates = f"{statistics.median(ours.rates):.0f} of {statistics.median(floor.rates):.0f} /s"
        target = ("≥ 0.25, aim 0.5" if server else "≥ 0.05, aim 0.08") if clients > 1 else ""
        table.add(
            f"{who}: check-outs and check-ins beside the floor", f"{ratio:.3f}  ({rates})", target
        )
        p50, p95, p99 = percentiles(ours.times)
        table.add(
            f"{who}: p50 / p95 / p99",
            f"{p50:.1f} / {p95:.1f} / {p99:.1f} ms",
            ("p50 < 5 ms" if clients == 1 else "") if server else "p99 < 25 ms",
        )
        if plain:
            p50, p95, p99 = percentiles(plain.times)
            table.add(f"{who}: … of the floor itself", f"{p50:.1f} / {p95:.1f} / {p99:.1f} ms")
        each = f"{ours.program / ours.done * 1000:.2f} ms each"
        table.add(f"{who}: processor time of the workers", each)
        if server:
            both = [turns.postgres / turns.done * 1000 for turns in (ours, floor)]
            table.add(
                f"{who}: processor time of PostgreSQL, of the floor's",
                f"{both[0]:.2f}, {both[1]:.2f} ms each",
            )


def _floor_turn(
    turns: _Turns, server: PostgresServer, script: Path, clients: int, seconds: float
) -> None:
    before = server.cpu()
    rate, count = pgbench(server, script, clients=clients, seconds=round(seconds))
    turns.rates.append(rate)
    turns.done += count
    turns.postgres += server.cpu() - before


async def _turn(
    turns: _Turns,
    server: PostgresServer | None,
    program: Program,
    desk: Desk,
    clients: int,
    seconds: float,
) -> None:
    postgres, before = server.cpu() if server else 0.0, program.cpu()
    begun = time.perf_counter()
    count, times = await lend(desk, program, clients, seconds)
    turns.rates.append(count / (time.perf_counter() - begun))
    turns.done += count
    turns.times += times
    turns.program += program.cpu() - before
    turns.postgres += (server.cpu() if server else 0.0) - postgres


async def lend(
    desk: Desk, program: Program, clients: int, seconds: float
) -> tuple[int, list[float]]:
    """Lend and take back over HTTP, each client its own items."""
    each = ITEMS // clients

    async def act(number: int) -> AsyncIterator[None]:
        async with Client(program.port, desk.token) as client:
            turn = 0
            while True:
                item = desk.items[number * each + turn % each]
                turn += 1
                body = {"item": item, "borrower": desk.cards[turn % len(desk.cards)]}
                status, answer = await client.ask(
                    "POST", "/api/v1/check-outs", body, str(uuid.uuid4())
                )
                if status != 201:
                    raise RuntimeError(f"{status} {answer!r}")
                try:
                    yield
                finally:
                    # Also after the last one: the next turn finds the item free.
                    status, answer = await client.ask(
                        "POST", "/api/v1/check-ins", {"item": item}, str(uuid.uuid4())
                    )
                    if status != 200:
                        raise RuntimeError(f"{status} {answer!r}")
                yield

    return await for_seconds(seconds, clients, act)
