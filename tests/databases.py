"""Databases of a test's own: a migrated one, and copies of it, on both engines."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from comptoir.core import db, migrations

#: The environment variable with the URL of a PostgreSQL where databases may be created.
SERVER = "COMPTOIR_TEST_POSTGRES"

Result = TypeVar("Result")

_numbers = itertools.count(1)


def apart(work: Coroutine[Any, Any, Result]) -> Result:
    """Run something in a thread of its own: where Playwright is open, this one has a loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def make_template(engine_name: str, folder: Path) -> str:
    """A migrated, empty database; its URL."""
    url = await make_empty(engine_name, folder)
    db.connect(url)
    try:
        await migrations.migrate()
    finally:
        await db.disconnect()
    return url


async def make_empty(engine_name: str, folder: Path) -> str:
    """A database with nothing in it; its URL."""
    number = next(_numbers)
    if engine_name == "sqlite":
        return f"sqlite:///{folder / f'empty{number}.sqlite'}"
    return await _create(f"empty_{os.getpid()}_{number}")


async def copy_database(template: str, folder: Path) -> str:
    """A copy of a template; its URL. An SQLite file goes into ``folder``."""
    number = next(_numbers)
    if urlsplit(template).scheme == "sqlite":
        target = folder / f"comptoir{number}.sqlite"
        shutil.copyfile(template.removeprefix("sqlite:///"), target)
        return f"sqlite:///{target}"
    source = urlsplit(template).path.lstrip("/")
    return await _create(f"test_{os.getpid()}_{number}", f"TEMPLATE {source} STRATEGY FILE_COPY")


async def drop_database(url: str) -> None:
    """Drop a database on the server; an SQLite file goes with its folder."""
    if urlsplit(url).scheme != "sqlite":
        await _on_server(f"DROP DATABASE {urlsplit(url).path.lstrip('/')} WITH (FORCE)")


async def _create(name: str, options: str = "") -> str:
    await _on_server(f"CREATE DATABASE {name} {options}")
    return urlunsplit(urlsplit(os.environ[SERVER])._replace(path=f"/{name}"))


async def _on_server(statement: str) -> None:
    connection = await asyncpg.connect(os.environ[SERVER])
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
