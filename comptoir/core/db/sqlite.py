"""SQLite under Piccolo, made fit for several desks at once.

The stock engine opens a connection per query, in rollback-journal mode, with
deferred transactions: most of what runs side by side then fails with "database
is locked". Here a few connections in WAL mode are kept and reused, readers
never wait for the writer, and writers of one process queue in order of arrival
behind one lock. Between processes SQLite's own busy timeout is the lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import aiosqlite
from piccolo.engine.sqlite import (
    SQLiteEngine,
    SQLiteTransaction,
    TransactionType,
    dict_factory,
)

CONNECTIONS = 4
BUSY_TIMEOUT_MS = 20_000
LOCK_TIMEOUT_S = 120
_READS = ("SELECT", "WITH", "PRAGMA", "EXPLAIN")


class _Transaction(SQLiteTransaction):
    """A transaction on a borrowed connection, holding the write lock."""

    engine: SQLite

    async def __aenter__(self) -> _Transaction:
        await self.engine.write_lock.acquire()
        try:
            self.connection = await self.engine.acquire()
        except BaseException:
            self.engine.write_lock.release()
            raise
        try:
            await self.engine.send(self.connection, "BEGIN IMMEDIATE", ())
        except BaseException:
            await self._leave()
            raise
        self.context = self.engine.current_transaction.set(cast(Any, self))
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self.engine.current_transaction.reset(self.context)
        try:
            if exception is None:
                await asyncio.shield(self.engine.send(self.connection, "COMMIT", ()))
        finally:
            # Also after a failing or cancelled COMMIT: what is still open is rolled back.
            await asyncio.shield(self._leave())
        return False

    async def _leave(self) -> None:
        try:
            if self.connection.in_transaction:
                await self.engine.send(self.connection, "ROLLBACK", ())
        finally:
            self.engine.release(self.connection)
            self.engine.write_lock.release()


class SQLite(SQLiteEngine):
    """The engine of an SQLite file; belongs to the event loop that first uses it."""

    __slots__ = ("_gate", "_idle", "_open", "listeners", "write_lock")

    def __init__(self, path: str) -> None:
        super().__init__(path=path)
        self.listeners: list[Callable[[str], None]] = []
        self._reset()

    def _reset(self) -> None:
        self.write_lock = asyncio.Lock()
        self._gate = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[aiosqlite.Connection] = []
        self._open: list[aiosqlite.Connection] = []

    async def check_version(self) -> None:
        """Nothing: `comptoir check` looks."""

    async def get_connection(self) -> aiosqlite.Connection:
        """Open a connection with our pragmas."""
        Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        connection = await aiosqlite.connect(**self.connection_kwargs, cached_statements=256)
        connection.row_factory = cast(Any, dict_factory)
        try:
            for pragma in (
                f"busy_timeout = {BUSY_TIMEOUT_MS}",
                "journal_mode = WAL",
                "synchronous = NORMAL",
                "foreign_keys = ON",
            ):
                await connection.execute(f"PRAGMA {pragma}")
        except BaseException:  # its thread would keep the process from ending
            await connection.close()
            raise
        return connection

    async def acquire(self) -> aiosqlite.Connection:
        """Borrow a connection; whoever waited longest is served first."""
        await self._gate.acquire()
        try:
            if self._idle:
                return self._idle.pop()
            connection = await self.get_connection()
        except BaseException:
            self._gate.release()
            raise
        self._open.append(connection)
        return connection

    def release(self, connection: aiosqlite.Connection) -> None:
        """Give a borrowed connection back."""
        self._idle.append(connection)
        self._gate.release()

    async def close(self) -> None:
        """Close every connection; the next query opens new ones."""
        for connection in self._open:
            await connection.close()
        self._reset()

    @asynccontextmanager
    async def process_lock(self, number: int) -> AsyncIterator[None]:
        """Wait until no other process is in a block of this number."""
        Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        async with aiosqlite.connect(
            f"{self.path}.lock-{number}", timeout=LOCK_TIMEOUT_S, isolation_level=None
        ) as gate:
            await gate.execute("BEGIN EXCLUSIVE")
            yield

    async def send(
        self, connection: aiosqlite.Connection, query: str, args: Sequence[Any]
    ) -> list[Any]:
        """Run one statement on a connection, in one hop to its thread."""
        for listener in self.listeners:
            listener(query)
        return list(await connection.execute_fetchall(query, args))

    async def run(self, query: str, args: Sequence[Any]) -> list[Any]:
        """Run one statement, in the current transaction if there is one."""
        current = self.current_transaction.get()
        if current is not None:
            return await self.send(current.connection, query, args)
        if query.lstrip()[:7].upper().startswith(_READS):
            return await self._run_alone(query, args)
        async with self.write_lock:
            return await self._run_alone(query, args)

    async def run_together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Run statements in one hop to the connection's thread; the rows of the first.

        Only inside a transaction.
        """
        current = self.current_transaction.get()
        if current is None:
            raise RuntimeError("run_together() needs a transaction")
        connection = current.connection
        for query, _ in statements:
            for listener in self.listeners:
                listener(query)

        def run_all() -> list[Any]:
            results = [connection._conn.execute(*statement).fetchall() for statement in statements]
            first: list[Any] = results[0]
            return first

        rows: list[Any] = await connection._execute(run_all)
        return rows

    async def _run_alone(self, query: str, args: Sequence[Any]) -> list[Any]:
        connection = await self.acquire()
        try:
            return await self.send(connection, query, args)
        finally:
            self.release(connection)

    async def _run_in_new_connection(
        self,
        query: str,
        args: list[Any] | None = None,
        query_type: str = "generic",
        table: Any = None,
    ) -> Any:
        return await self.run(query, args or ())

    async def _run_in_existing_connection(
        self,
        connection: aiosqlite.Connection,
        query: str,
        args: list[Any] | None = None,
        query_type: str = "generic",
        table: Any = None,
    ) -> Any:
        return await self.send(connection, query, args or ())

    def transaction(
        self,
        transaction_type: TransactionType = TransactionType.immediate,
        allow_nested: bool = True,
    ) -> SQLiteTransaction:
        """A transaction that holds the write lock from its start."""
        if self.current_transaction.get() is not None and allow_nested:
            return SQLiteTransaction(self, transaction_type, allow_nested=True)
        return _Transaction(self, transaction_type, allow_nested=allow_nested)
