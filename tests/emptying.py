"""One PostgreSQL database for test after test, emptied in between.

A copy of the template takes longer than most tests: it writes some three hundred
files and waits for the disk of everybody. What a test leaves behind is a few rows.
"""

from __future__ import annotations

from typing import Any

import asyncpg

#: Whoever is still connected, with what they have not committed; in milliseconds, how
#: long they may take to go.
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_TABLES = """
SELECT oid::regclass::text AS name,
       EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal)
       AS has_triggers
FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
ORDER BY 1
"""
#: For each sequence, the statement that brings it back to where it is now.
_SEQUENCES = """
SELECT format('SELECT setval(%L, %s, %L)', oid::regclass,
              COALESCE(pg_sequence_last_value(oid), seqstart),
              pg_sequence_last_value(oid) IS NOT NULL) AS statement
FROM pg_class JOIN pg_sequence ON seqrelid = oid
WHERE relnamespace = 'public'::regnamespace
"""
#: What the catalogue says of everything that is not PostgreSQL's own: each row by the
#: transaction that wrote it last. Emptying switches triggers off and on, so of those
#: it is whether they are on.
_SCHEMA = """
SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
    SELECT concat_ws(' ', oid, xmin) FROM pg_class WHERE oid >= 16384
    UNION ALL
    SELECT concat_ws(' ', attrelid, attnum, xmin) FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL
    SELECT concat_ws(' ', oid, xmin) FROM pg_constraint WHERE oid >= 16384
    UNION ALL
    SELECT concat_ws(' ', oid, xmin) FROM pg_proc WHERE oid >= 16384
    UNION ALL
    SELECT concat_ws(' ', seqrelid, xmin) FROM pg_sequence
    UNION ALL
    SELECT concat_ws(' ', oid, tgenabled) FROM pg_trigger
) AS lines (line)
"""


class Emptied:
    """A database that can be brought back to what it was when this was made."""

    def __init__(self, url: str, kept: list[str], state: list[Any], sequences: list[str]) -> None:
        self.url = url
        self._kept = kept
        self._state = state
        self._sequences = sequences

    @classmethod
    async def of(cls, url: str) -> Emptied:
        """A migrated database that nothing has been written to since."""
        connection = await asyncpg.connect(url)
        try:
            tables = [row["name"] for row in await connection.fetch(_TABLES)]
            kept = await _with_rows(connection, tables)
            sequences = [row["statement"] for row in await connection.fetch(_SEQUENCES)]
            return cls(url, kept, await _state(connection, kept), sequences)
        finally:
            await connection.close()

    async def empty(self) -> bool:
        """End every other connection and delete what was written.

        False, and the database is to be dropped, if its schema or the rows that
        migrations made are no longer what they were.
        """
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(_END_OTHERS)
            if await _state(connection, self._kept) != self._state:
                return False
            await self._delete(connection)
        finally:
            await connection.close()
        return True

    async def _delete(self, connection: Any) -> None:
        """In one statement, for which the order of foreign keys does not matter."""
        tables = await connection.fetch(_TABLES)
        names = [row["name"] for row in tables if row["name"] not in self._kept]
        written = await _with_rows(connection, names)
        guarded = [row["name"] for row in tables if row["name"] in written and row["has_triggers"]]
        deletions = [f"d{i} AS (DELETE FROM {name})" for i, name in enumerate(written)]
        statements = [
            *(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in guarded),
            f"WITH {', '.join(deletions)} SELECT" if written else "",
            *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in guarded),
            *self._sequences,
        ]
        await connection.execute("; ".join(statements))  # several at once are one transaction
        if written:  # so that rows come to lie where they would in a new database
            await connection.execute(f"VACUUM {', '.join(written)}")


async def _with_rows(connection: Any, tables: list[str]) -> list[str]:
    columns = ", ".join(f"EXISTS (SELECT FROM {name})" for name in tables)
    row = await connection.fetchrow(f"SELECT {columns}")
    return [name for name, has_rows in zip(tables, row, strict=True) if has_rows]


async def _state(connection: Any, kept: list[str]) -> list[Any]:
    """The schema, and the rows of the tables that are not emptied."""
    rows = [await connection.fetch(f"SELECT * FROM {name} ORDER BY 1") for name in kept]
    return [await connection.fetchval(_SCHEMA), *rows]
