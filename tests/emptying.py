"""One PostgreSQL database for test after test, emptied in between.

A copy of the template takes longer than most tests: it writes some three hundred
files and waits for the disk of everybody. What a test leaves behind is a few rows.

The connection that empties is kept: a new one would read the catalogue of all tables
again, which takes the server longer than the rest. It belongs to a loop in a thread of
its own, since each test has another.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import asyncpg

Result = TypeVar("Result")

#: Whoever is still connected, with what they have not committed. It is asked again until
#: they are gone: to let the server wait for them takes a tenth of a second for each.
_END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
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
ORDER BY pg_class.oid
"""
#: What the catalogue says of everything that is not PostgreSQL's own: each row by the
#: transaction that wrote it last. Emptying switches triggers off and on, so of those
#: it is whether they are on. To add hashes up takes a tenth of what a sorted text takes.
_SCHEMA = """
SELECT sum(hash) FROM (
    SELECT hash_record_extended((1, oid, xmin), 0) FROM pg_class WHERE oid >= 16384
    UNION ALL
    SELECT hash_record_extended((2, attrelid, attnum, xmin), 0) FROM pg_attribute
    WHERE attrelid >= 16384
    UNION ALL
    SELECT hash_record_extended((3, oid, xmin), 0) FROM pg_constraint WHERE oid >= 16384
    UNION ALL
    SELECT hash_record_extended((4, oid, xmin), 0) FROM pg_proc WHERE oid >= 16384
    UNION ALL
    SELECT hash_record_extended((5, seqrelid, xmin), 0) FROM pg_sequence
    UNION ALL
    SELECT hash_record_extended((6, oid, tgenabled), 0) FROM pg_trigger
) AS rows (hash)
"""


#: What a test did that ended every connection, this one too.
_ENDED = (asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError, asyncpg.InterfaceError)
#: How long those who are still connected may take to go, and until it is looked again; in seconds.
_PATIENCE = 20
_PAUSE = 0.001


class Emptied:
    """A database that can be brought back to what it was when this was made."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: Any = None
        self._tables: list[Any] = []
        self._kept: list[str] = []
        self._state: list[Any] = []
        self._sequences: list[Any] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @classmethod
    async def of(cls, url: str) -> Emptied:
        """A migrated database that nothing has been written to since; to be closed."""
        emptied = cls(url)
        emptied._thread.start()
        await emptied._apart(emptied._look())
        return emptied

    async def empty(self) -> bool:
        """End every other connection and delete what was written.

        False, and the database is to be dropped, if its schema or the rows that
        migrations made are no longer what they were.
        """
        return await self._apart(self._empty())

    async def close(self) -> None:
        """Let go of the database."""
        await self._apart(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _apart(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run something where the connection is."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _look(self) -> None:
        self._connection = await asyncpg.connect(self.url)
        self._tables = await self._connection.fetch(_TABLES)
        self._kept = await self._with_rows([row["name"] for row in self._tables])
        self._state = await self._now()
        self._sequences = await self._connection.fetch(_SEQUENCES)

    async def _empty(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                while await self._connection.fetch(_END_OTHERS):  # noqa: ASYNC110 - no event
                    await asyncio.sleep(_PAUSE)
        except _ENDED:
            return False
        if await self._now() != self._state:
            return False
        await self._delete()
        return True

    async def _delete(self) -> None:
        """In one statement, for which the order of foreign keys does not matter."""
        names = [row["name"] for row in self._tables if row["name"] not in self._kept]
        written = await self._with_rows(names)
        guarded = [
            row["name"] for row in self._tables if row["name"] in written and row["has_triggers"]
        ]
        deletions = [f"d{i} AS (DELETE FROM {name})" for i, name in enumerate(written)]
        now = await self._connection.fetch(_SEQUENCES)
        statements = [
            *(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in guarded),
            *([f"WITH {', '.join(deletions)} SELECT"] if written else []),
            *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in guarded),
            *(
                before["statement"]
                for before, after in zip(self._sequences, now, strict=True)
                if before != after
            ),
        ]
        if statements:  # several at once are one transaction
            await self._connection.execute("; ".join(statements))
        if written:  # so that rows come to lie where they would in a new database
            await self._connection.execute(f"VACUUM {', '.join(written)}")

    async def _with_rows(self, tables: list[str]) -> list[str]:
        columns = ", ".join(f"EXISTS (SELECT FROM {name})" for name in tables)
        row = await self._connection.fetchrow(f"SELECT {columns}")
        return [name for name, has_rows in zip(tables, row, strict=True) if has_rows]

    async def _now(self) -> list[Any]:
        """The schema, and the rows of the tables that are not emptied."""
        fetch = self._connection.fetch
        rows = [await fetch(f"SELECT * FROM {name} ORDER BY 1") for name in self._kept]
        return [await self._connection.fetchval(_SCHEMA), *rows]
