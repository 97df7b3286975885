"""No test finds anything in its database that another test left there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from piccolo.columns import Column, ForeignKey, Serial
from piccolo.table import Table, sort_table_classes

from comptoir.core import db
from comptoir.core.ids import new_id
from tests import factories as make
from tests.databases import Databases, copy_database, drop_database

_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    "postgres": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
}
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"


@pytest.fixture
async def used(template: str, tmp_path: Path) -> AsyncIterator[Databases]:
    """A source of databases of this test's own."""
    databases = Databases(template)
    yield databases
    await databases.close()


@pytest.fixture
async def new(template: str, tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    """What is in a copy that nothing has used."""
    url = await copy_database(template, tmp_path)
    yield await content(url)
    await drop_database(url)


async def content(url: str) -> dict[str, Any]:
    """The rows of every table by its name, and how far each sequence is."""
    db.connect(url)
    try:
        names = await db.fetch(_NAMES["postgres" if db.is_postgres() else "sqlite"])
        found: dict[str, Any] = {
            row["name"]: await db.fetch(f"SELECT * FROM {row['name']} ORDER BY 1") for row in names
        }
        return found | {"sequences": await db.fetch(_SEQUENCES) if db.is_postgres() else []}
    finally:
        await db.disconnect()


async def fill(url: str, now: datetime) -> None:
    """One row in each table."""
    packages = [import_module(f"comptoir.{package}.piccolo_app") for package in db.PACKAGES]
    tables = [table for package in packages for table in package.APP_CONFIG.table_classes]
    made: dict[type[Table], Table] = {}

    def value(column: Column) -> Any:
        if isinstance(column, ForeignKey):
            of = made.get(column._foreign_key_meta.resolved_references)
            return of and of._meta.primary_key and getattr(of, of._meta.primary_key._meta.name)
        default = column.get_default_value()
        if default is None and not column._meta.params["null"]:
            return {UUID: new_id(), datetime: now, date: now.date(), bytes: b""}[column.value_type]
        return default

    db.connect(url)
    try:
        for table in sort_table_classes(tables):
            columns = [each for each in table._meta.columns if not isinstance(each, Serial)]
            made[table] = table(**{each._meta.name: value(each) for each in columns})
            await made[table].save()
    finally:
        await db.disconnect()


async def test_whatever_was_written_is_gone(
    used: Databases, new: dict[str, Any], tmp_path: Path, now: datetime
) -> None:
    first = await used.take(tmp_path)
    await fill(first, now)
    assert [name for name, rows in (await content(first)).items() if not rows] == (
        ["sequences"] if first.startswith("sqlite") else []
    )
    await used.give_back()
    assert await content(await used.take(tmp_path)) == new
    assert [name for name, rows in new.items() if rows and name != "sequences"] == ["migration"]


async def test_what_is_not_committed_yet_never_is(
    used: Databases, new: dict[str, Any], tmp_path: Path
) -> None:
    """Of a test that ended while something of it was still at work."""
    left_open = db.connect(await used.take(tmp_path))
    await make.user()
    with pytest.raises(db.UnreachableErrors):  # noqa: PT012 – it has to fail at the end
        async with db.transaction():
            await make.user()
            await used.give_back()
            await make.user()
            if not db.is_postgres():
                raise db.UnreachableErrors[0]
    await left_open.close()
    assert await content(await used.take(tmp_path)) == new


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE another (id integer)",
        "ALTER TABLE core_user ADD COLUMN another text",
        "ALTER TABLE core_user RENAME COLUMN name TO another",
        "DROP INDEX core_idempotency_key",
        "DELETE FROM migration WHERE app_name = 'lending'",
        "UPDATE migration SET app_name = 'another' WHERE app_name = 'lending'",
    ],
)
async def test_a_database_that_is_not_as_migrations_made_it_is_not_used_again(
    used: Databases, new: dict[str, Any], tmp_path: Path, statement: str
) -> None:
    first = await used.take(tmp_path)
    db.connect(first)
    try:
        await db.execute(statement)
    finally:
        await db.disconnect()
    await used.give_back()
    second = await used.take(tmp_path)
    assert second != first
    assert await content(second) == new


async def test_the_audit_trail_is_guarded_in_a_database_that_was_emptied(
    used: Databases, tmp_path: Path, now: datetime
) -> None:
    await fill(await used.take(tmp_path), now)
    await used.give_back()
    second = await used.take(tmp_path)
    await fill(second, now)
    db.connect(second)
    try:
        with pytest.raises(db.UnreachableErrors, match="append-only"):
            await db.execute("DELETE FROM core_audit_event")
    finally:
        await db.disconnect()
