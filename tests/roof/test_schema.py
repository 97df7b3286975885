"""Migrations make the schema that the tables speak of, with the indexes it needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.columns import ForeignKey
from piccolo.conf.apps import AppConfig
from piccolo.table import Table, create_db_tables

from comptoir.core import db, migrations
from tests.databases import drop_database, make_empty
from tests.processes import together

CONFIGS: list[AppConfig] = [
    import_module(f"comptoir.{package}.piccolo_app").APP_CONFIG for package in db.PACKAGES
]
TABLES: list[type[Table]] = [table for config in CONFIGS for table in config.table_classes]
NAMES = {table._meta.tablename for table in TABLES}

#: Per column: table, name, type, whether it may be null. Its default is the program's.
COLUMNS = {
    "postgres": """
        SELECT table_name, column_name, data_type, character_maximum_length AS length,
               is_nullable AS empty
        FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "sqlite": """
        SELECT tables.name AS table_name, columns.name AS column_name,
               UPPER(columns.type) AS data_type, 0 AS length, columns."notnull" AS empty
        FROM sqlite_master tables JOIN pragma_table_info(tables.name) columns
        WHERE tables.type = 'table'
    """,
}
#: Per index: its table, the columns in order, and which rows it is of.
INDEXES = {
    "postgres": """
        SELECT pg_index.indrelid::regclass::text AS table_name,
               (SELECT string_agg(a.attname, ' ' ORDER BY k.place)
                FROM unnest(pg_index.indkey) WITH ORDINALITY AS k (number, place)
                JOIN pg_attribute a ON a.attrelid = pg_index.indrelid AND a.attnum = k.number)
               AS columns,
               trim('()' FROM COALESCE(pg_get_expr(indpred, indrelid), '')) AS rows
        FROM pg_index
    """,
    "sqlite": """
        SELECT tables.name AS table_name,
               (SELECT group_concat(info.name, ' ') FROM pragma_index_info(indexes.name) info)
               AS columns,
               CASE WHEN indexes.partial
                    THEN (SELECT substr(made.sql, instr(made.sql, ' WHERE ') + 7)
                          FROM sqlite_master made WHERE made.name = indexes.name)
                    ELSE '' END AS rows
        FROM sqlite_master tables JOIN pragma_index_list(tables.name) indexes
        WHERE tables.type = 'table'
    """,
}


@pytest.fixture
async def empty_url(engine_name: str, tmp_path: Path) -> AsyncIterator[str]:
    url = await make_empty(engine_name, tmp_path)
    yield url
    await drop_database(url)


async def columns(engine_name: str) -> set[tuple[Any, ...]]:
    rows = await db.fetch(COLUMNS[engine_name])
    return {tuple(row.values()) for row in rows if row["table_name"] in NAMES}


async def test_no_migration_is_missing(database: Any) -> None:
    """What ``piccolo migrations new --auto`` would write: nothing."""
    for config in CONFIGS:
        manager = AutoMigrationManager(auto_input="y")
        missing = await manager.get_alter_statements(config)
        assert [each.statements for each in missing if each.statements] == [], config.app_name


async def test_the_migrated_schema_is_that_of_the_tables(
    database: Any, engine_name: str, empty_url: str
) -> None:
    migrated = await columns(engine_name)
    await db.disconnect()
    db.connect(empty_url)
    await create_db_tables(*TABLES)
    assert migrated == await columns(engine_name)
    assert {row[0] for row in migrated} == NAMES


async def test_every_foreign_key_is_indexed(database: Any, engine_name: str) -> None:
    """Else deleting or changing what it refers to reads the whole table.

    An index of the rows that refer to something at all will do.
    """
    leading = set()
    for index in await db.fetch(INDEXES[engine_name]):
        column = (index["columns"] or "").partition(" ")[0]
        if index["rows"] in ("", f"{column} IS NOT NULL"):
            leading.add((index["table_name"], column))
    keys = {
        (table._meta.tablename, column._meta.db_column_name)
        for table in TABLES
        for column in table._meta.columns
        if isinstance(column, ForeignKey)
    }
    assert keys - leading == set()


async def test_every_migration_runs_from_empty_and_only_once(empty_url: str) -> None:
    db.connect(empty_url)
    try:
        every = set(await migrations.pending())
        assert set(await migrations.migrate()) == every
        assert await migrations.pending() == []
        assert await migrations.migrate() == []
    finally:
        await db.disconnect()


async def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    ran = await asyncio.to_thread(together, empty_url, migrate, range(3))
    assert sorted(map(len, ran))[:2] == [0, 0]
    assert any(ran)


async def migrate(_number: int) -> list[str]:
    """In a process of its own."""
    return await migrations.migrate()
