"""PostgreSQL under Piccolo: a connection pool opened on first use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

CONNECTIONS = 10


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg brings no types
    """A pooled connection that sends nothing when it is given back.

    asyncpg resets the session at each release, a round trip a request. This
    program sets nothing in a session, so there is nothing to reset.
    """

    def get_reset_query(self) -> str:
        return ""


class _Transaction(PostgresTransaction):
    """Piccolo's transaction, on a connection that always goes back to the pool."""

    engine: Postgres

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is None:
            await self.engine.open()
            self.engine.tell("BEGIN")
        return await super().__aenter__()

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent is not None:
            return False
        self.engine.current_transaction.reset(self.context)
        try:
            if exception is None:
                self.engine.tell("COMMIT")
                await asyncio.shield(self.transaction.commit())
            else:
                self.engine.tell("ROLLBACK")
                await asyncio.shield(self.transaction.rollback())
        finally:
            await self.engine.give_back(self.connection)
        return False


class Postgres(PostgresEngine):
    """The engine of a PostgreSQL database; belongs to one event loop."""

    __slots__ = ("_opening", "listeners")

    def __init__(self, url: str) -> None:
        super().__init__(config={"dsn": url}, extensions=())
        self.listeners: list[Callable[[str], None]] = []
        self._opening = asyncio.Lock()

    async def check_version(self) -> None:
        """Nothing: Piccolo would open a connection of its own; `comptoir check` looks."""

    def tell(self, query: str) -> None:
        """Tell whoever counts statements of one more."""
        for listener in self.listeners:
            listener(query)

    async def open(self) -> None:
        """Open the pool, once."""
        if self.pool is None:
            async with self._opening:
                if self.pool is None:
                    await self.start_connection_pool(
                        min_size=1, max_size=CONNECTIONS, connection_class=_Connection
                    )

    async def give_back(self, connection: Any) -> None:
        """Return a connection to the pool it came from, also if the task is cancelled meanwhile."""
        if self.pool is not None:
            await self.pool.release(connection)

    async def close(self) -> None:
        """Close the pool; the next query opens a new one."""
        if self.pool is not None:
            pool, self.pool = self.pool, None
            await pool.close()
        self._opening = asyncio.Lock()

    async def run(self, query: str, args: Sequence[Any]) -> list[Any]:
        """Run one statement, in the current transaction if there is one."""
        self.tell(query)
        current = self.current_transaction.get()
        if current is not None:
            return [dict(row) for row in await current.connection.fetch(query, *args)]
        await self.open()
        return [dict(row) for row in await self._run_in_pool(query, args)]

    async def run_querystring(self, querystring: Any, in_pool: bool = True) -> Any:
        query, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.run(query, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        return await self.run(ddl, ())

    def transaction(self, allow_nested: bool = True) -> PostgresTransaction:
        """A transaction on a pooled connection."""
        return _Transaction(self, allow_nested=allow_nested)
