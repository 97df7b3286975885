"""``comptoir migrate``, and what other commands need of the database."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from comptoir.commands import CommandFailed
from comptoir.core import db, migrations
from comptoir.core import settings as settings_module
from comptoir.core.settings import Settings
from comptoir.opening import open_vault


def migrate(arguments: argparse.Namespace) -> None:
    """Run what has not run yet."""
    ran = asyncio.run(bring_up_to_date(settings_module.load()))
    for name in ran:
        print(f"ran {name}")
    print("The database is up to date.")


async def bring_up_to_date(settings: Settings) -> list[str]:
    """Migrate the database; give the names of the migrations that ran."""
    async with _reached(settings):
        try:
            return await migrations.migrate()
        except migrations.MigrationFailed as error:
            raise CommandFailed(
                f"a migration failed, and the database is as it was before it:\n{error}"
            ) from error
        except db.UnreachableErrors as error:
            raise CommandFailed(
                f"the database could not be migrated: {error}\n"
                "Run `comptoir check` to see what is wrong."
            ) from error


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[None]:
    """The database of the settings, for as long as the block runs.

    Raises:
        CommandFailed: it cannot be reached, or lacks migrations.
        KeyMissing: a key that something in it is sealed with is not given.
    """
    async with _reached(settings):
        if pending := await migrations.pending():
            raise CommandFailed(
                f"the database lacks {len(pending)} migrations. Make a backup, then run "
                "`comptoir migrate`."
            )
        yield


@asynccontextmanager
async def _reached(settings: Settings) -> AsyncIterator[None]:
    """The same, of whatever version.

    Raises:
        CommandFailed: it cannot be reached.
        KeyMissing: a key that something in it is sealed with is not given.
    """
    db.connect(settings.database)
    try:
        await db.fetch("SELECT 1 AS one")
    except db.UnreachableErrors as error:
        await db.disconnect()
        raise CommandFailed(
            f"the database cannot be reached: {error}\nRun `comptoir check` to see what is wrong."
        ) from error
    try:
        await open_vault(settings)
        yield
    finally:
        await db.disconnect()


async def require_current(settings: Settings) -> None:
    """Refuse to go on with a database of another version of the program."""
    async with connected(settings):
        pass
