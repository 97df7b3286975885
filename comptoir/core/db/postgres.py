"""PostgreSQL under Piccolo: a few connections, opened when first needed, and kept.

asyncpg's own pool and transactions make a task for each end of a transaction and
each connection given back. At the desk that is a tenth of the processor's time,
so connections are lent and taken back here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from comptoir.core.db import statements

CONNECTIONS = 10


class _Transaction(PostgresTransaction):
    """A transaction on a borrowed connection."""

    engine: Postgres

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        self.connection = await self.engine.acquire()
        try:
            await self._say("BEGIN")
        except BaseException:
            self.engine.discard(self.connection)
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent is not None:
            return False
        self.engine.current_transaction.reset(self.context)
        try:
            await self._say("COMMIT" if exception is None else "ROLLBACK")
        except BaseException:
            # Also where the task is cancelled here: the server ends what is still open.
            self.engine.discard(self.connection)
            raise
        self.engine.release(self.connection)
        return False

    async def _say(self, word: str) -> None:
        self.engine.tell(word)
        await self.connection.execute(word)


class Postgres(PostgresEngine):
    """The engine of a PostgreSQL database; belongs to one event loop."""

    integrity_errors = (asyncpg.IntegrityConstraintViolationError,)
    unreachable_errors = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)

    __slots__ = ("_free", "_idle", "_open", "listeners")

    def __init__(self, url: str) -> None:
        super().__init__(config={"dsn": url}, extensions=())
        self.listeners: list[Callable[[str], None]] = []
        self._reset()

    def _reset(self) -> None:
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[asyncpg.Connection] = []
        self._open: set[asyncpg.Connection] = set()

    async def check_version(self) -> None:
        """Nothing: Piccolo would open a connection of its own; `comptoir check` looks."""

    def tell(self, query: str) -> None:
        """Tell whoever counts statements of one more."""
        for listener in self.listeners:
            listener(query)

    async def acquire(self) -> asyncpg.Connection:
        """Borrow a connection; whoever waited longest is served first."""
        await self._free.acquire()
        try:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    return connection
                self._open.discard(connection)  # the server has gone meanwhile
            connection = await self.get_new_connection()
        except BaseException:
            self._free.release()
            raise
        self._open.add(connection)
        return connection

    def release(self, connection: asyncpg.Connection) -> None:
        """Give a borrowed connection back. Nothing is set in a session, so nothing is reset."""
        self._idle.append(connection)
        self._free.release()

    def discard(self, connection: asyncpg.Connection) -> None:
        """Give a borrowed connection back that nobody knows the state of: it is closed."""
        connection.terminate()
        self._open.discard(connection)
        self._free.release()

    async def close(self) -> None:
        """Close every connection; the next query opens new ones."""
        for connection in self._open:
            await connection.close()
        self._reset()

    @asynccontextmanager
    async def process_lock(self, number: int) -> AsyncIterator[None]:
        """Wait until no other process is in a block of this number."""
        connection = await self.get_new_connection()
        try:
            await connection.execute(f"SELECT pg_advisory_lock({number})")
            yield
        finally:
            await connection.close()

    async def run(self, query: str, args: Sequence[Any]) -> list[Any]:
        """Run one statement, in the current transaction if there is one."""
        self.tell(query)
        current = self.current_transaction.get()
        if current is not None:
            return [dict(row) for row in await current.connection.fetch(query, *args)]
        connection = await self.acquire()
        try:
            rows = await connection.fetch(query, *args)
        except Exception:
            self.release(connection)
            raise
        except BaseException:  # cancelled: the answer is still on its way
            self.discard(connection)
            raise
        self.release(connection)
        return [dict(row) for row in rows]

    async def write(self, *writes: statements.Compiled, answer: bool) -> list[Any]:
        """Run statements as one; with ``answer``, the rows of the first."""
        return await self.run(*statements.together(writes, answer=answer))

    async def run_querystring(self, querystring: Any, in_pool: bool = True) -> Any:
        query, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.run(query, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        return await self.run(ddl, ())

    def transaction(self, allow_nested: bool = True) -> PostgresTransaction:
        """A transaction on a borrowed connection."""
        return _Transaction(self, allow_nested=allow_nested)
