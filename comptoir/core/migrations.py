"""Bring the database to the schema this version of the program needs."""

from __future__ import annotations

import contextlib
import io
import os
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from piccolo.apps.migrations.tables import Migration

from comptoir.core import db

# What runs migrations brings a code formatter along: a fifth of a worker's start and
# 10 MB. So it is imported where migrations are run; a worker only asks which ran.
if TYPE_CHECKING:
    from piccolo.apps.migrations.auto.migration_manager import MigrationManager

#: Any number does; it only has to be the same in every process.
_MIGRATION_LOCK = 7_266_726_784


class MigrationFailed(Exception):
    """A migration did not run; the database is as it was before that one."""


async def migrate() -> list[str]:
    """Run what has not run yet, lowest floor first; give the names of what ran.

    Processes that start together wait for each other.

    Raises:
        MigrationFailed: with the output of the migration that failed.
    """
    if not await pending():
        return []
    async with db.advisory_lock(_MIGRATION_LOCK):
        return await _run_all()


async def pending() -> list[str]:
    """The migrations that have not run; all of them where there is no database yet."""
    _introduce()
    names = [f"{package} {name}" for package in db.PACKAGES for name in _names(package)]
    if not await Migration.table_exists().run():
        return names
    done = await _done()
    return [name for name in names if name not in done]


async def unknown() -> list[str]:
    """The migrations that ran and that this version does not have: a newer one was here.

    Those of a package that is not the program's say nothing.
    """
    if not await Migration.table_exists().run():
        return []
    known = {f"{package} {name}" for package in db.PACKAGES for name in _names(package)}
    return sorted(name for name in await _done() if name not in known)


async def _done() -> set[str]:
    ran = await Migration.select(Migration.app_name, Migration.name)
    return {f"{row['app_name']} {row['name']}" for row in ran}


def raw(migration_id: str, package: str, description: str, *statements: str) -> MigrationManager:
    """A migration of plain SQL, for what Piccolo cannot say: indexes, triggers.

    Statements run in order, in one transaction.
    """
    from piccolo.apps.migrations.auto.migration_manager import MigrationManager

    manager = MigrationManager(migration_id=migration_id, app_name=package, description=description)

    async def run() -> None:
        for statement in statements:
            await db.execute(statement)

    manager.add_raw(run)
    return manager


async def _run_all() -> list[str]:
    from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager

    await Migration.create_table(if_not_exists=True)
    before = set(await pending())
    for package in db.PACKAGES:
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                config = import_module(f"comptoir.{package}.piccolo_app").APP_CONFIG
                await ForwardsMigrationManager(app_name=package).run_migrations(config)
        except db.UnreachableErrors as error:
            raise MigrationFailed(f"{output.getvalue()}\n{package}: {error}") from error
    return sorted(before - set(await pending()))


def _introduce() -> None:
    """Tell Piccolo, which looks for it by this variable, where our engine is."""
    os.environ.setdefault("PICCOLO_CONF", "comptoir.piccolo_conf")
    Migration._meta.db = db.engine()


@cache
def _names(package: str) -> list[str]:
    """The migrations of a package, oldest first, by the ``ID`` that each file begins with."""
    folder = Path(__file__).parents[1] / package / "piccolo_migrations"
    texts = (file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    found = (re.search(r'^ID = "(.+)"$', text, re.MULTILINE) for text in texts)
    return sorted(match[1] for match in found if match)
