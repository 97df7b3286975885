"""Bring the database to the schema this version of the program needs."""

from __future__ import annotations

import contextlib
import io
import os
from functools import cache
from importlib import import_module

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppConfig

from comptoir.core import db

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
    _introduce()
    async with db.advisory_lock(_MIGRATION_LOCK):
        return await _run_all()


async def pending() -> list[str]:
    """The migrations that have not run; all of them where there is no database yet."""
    _introduce()
    names = [f"{package} {name}" for package in db.PACKAGES for name in _names(package)]
    if not await Migration.table_exists().run():
        return names
    ran = await Migration.select(Migration.app_name, Migration.name)
    done = {f"{row['app_name']} {row['name']}" for row in ran}
    return [name for name in names if name not in done]


def raw(migration_id: str, package: str, description: str, *statements: str) -> MigrationManager:
    """A migration of plain SQL, for what Piccolo cannot say: indexes, triggers.

    Statements run in order, in one transaction.
    """
    manager = MigrationManager(migration_id=migration_id, app_name=package, description=description)

    async def run() -> None:
        for statement in statements:
            await db.execute(statement)

    manager.add_raw(run)
    return manager


async def _run_all() -> list[str]:
    await Migration.create_table(if_not_exists=True)
    before = set(await pending())
    for package in db.PACKAGES:
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                await ForwardsMigrationManager(app_name=package).run_migrations(_config(package))
        except db.UnreachableErrors as error:
            raise MigrationFailed(f"{output.getvalue()}\n{package}: {error}") from error
    return sorted(before - set(await pending()))


def _introduce() -> None:
    """Tell Piccolo, which looks for it by this variable, where our engine is."""
    os.environ.setdefault("PICCOLO_CONF", "comptoir.piccolo_conf")
    Migration._meta.db = db.engine()


def _config(package: str) -> AppConfig:
    config: AppConfig = import_module(f"comptoir.{package}.piccolo_app").APP_CONFIG
    return config


@cache
def _names(package: str) -> list[str]:
    manager = ForwardsMigrationManager(app_name=package)
    folder = _config(package).resolved_migrations_folder_path
    return manager.get_migration_ids(manager.get_migration_modules(folder))
