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
from tests.emptying import Emptied

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
    if _is_sqlite(template):
        target = folder / f"comptoir{number}.sqlite"
        shutil.copyfile(template.removeprefix("sqlite:///"), target)
        return f"sqlite:///{target}"
    source = urlsplit(template).path.lstrip("/")
    return await _create(f"test_{os.getpid()}_{number}", f"TEMPLATE {source} STRATEGY FILE_COPY")


class Databases:
    """Gives one test after the other a database that is as the template is.

    On SQLite each gets a copy. On PostgreSQL they get the same copy, emptied in
    between, unless a test has changed more than rows: then the next gets a new one.
    """

    def __init__(self, template: str) -> None:
        self._template = template
        self._emptied: Emptied | None = None

    async def take(self, folder: Path) -> str:
        """The URL of a database; ``give_back`` has to come before the next."""
        if _is_sqlite(self._template):
            return await copy_database(self._template, folder)
        if self._emptied is None:
            self._emptied = await Emptied.of(await copy_database(self._template, folder))
        return self._emptied.url

    async def give_back(self) -> None:
        """Make ready for the next one; who is still connected is not any more."""
        is_as_before = False
        try:
            is_as_before = self._emptied is not None and await self._emptied.empty()
        finally:
            if not is_as_before:
                await self.close()

    async def close(self) -> None:
        """Drop what is kept for the next one."""
        emptied, self._emptied = self._emptied, None
        if emptied is not None:
            await emptied.close()
            await drop_database(emptied.url)


async def drop_database(url: str) -> None:
    """Drop a database on the server; an SQLite file goes with its folder."""
    if not _is_sqlite(url):
        await _on_server(f"DROP DATABASE {urlsplit(url).path.lstrip('/')} WITH (FORCE)")


def _is_sqlite(url: str) -> bool:
    return urlsplit(url).scheme == "sqlite"


async def _create(name: str, options: str = "") -> str:
    await _on_server(f"CREATE DATABASE {name} {options}")
    return urlunsplit(urlsplit(os.environ[SERVER])._replace(path=f"/{name}"))


async def _on_server(statement: str) -> None:
    connection = await asyncpg.connect(os.environ[SERVER])
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
