"""SQLite under Piccolo, made fit for several desks at once.

The stock engine opens a connection per query, in rollback-journal mode, with
deferred transactions: most of what runs side by side then fails with "database
is locked". Here a few connections in WAL mode are kept and reused, readers
never wait for the writer, and writers of one process queue in order of arrival
behind one lock. Between processes SQLite's own busy timeout is the lock.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, cast

import aiosqlite
from piccolo.engine.sqlite import (
    SQLiteEngine,
    SQLiteTransaction,
    TransactionType,
    dict_factory,
)

#: Connections that read, beside the one that writes.
READERS = 3
BUSY_TIMEOUT_MS = 20_000
#: KiB of pages that each connection keeps; the system has the whole file in its own cache.
CACHE_KIB = 256
LOCK_TIMEOUT_S = 120
T = TypeVar("T")
Statement = tuple[str, Sequence[Any]]
_READS = ("SELECT", "WITH", "PRAGMA", "EXPLAIN")


class _Transaction(SQLiteTransaction):
    """A transaction on a borrowed connection, holding the write lock.

    A hop to the connection's thread and back takes longer than most statements.
    So what nobody reads the rows of waits for the next that somebody does: BEGIN
    goes with the first statement, and the last writes go with COMMIT.
    """

    engine: SQLite

    async def __aenter__(self) -> _Transaction:
        await self.engine.write_lock.acquire()
        try:
            self.connection = await self.engine.writer()
        except BaseException:
            self.engine.write_lock.release()
            raise
        self.begun = False
        self.waiting: list[Statement] = [("BEGIN IMMEDIATE", ())]
        self.context = self.engine.current_transaction.set(cast(Any, self))
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self.engine.current_transaction.reset(self.context)
        done = False
        try:
            if exception is None:
                if self.begun or len(self.waiting) > 1:
                    await self.run(("COMMIT", ()))
                done = True
        finally:
            if done:
                self.engine.write_lock.release()
            else:
                await asyncio.shield(self._undo())
        return False

    def run_later(self, *statements: Statement) -> None:
        """Run statements together with what comes next, an error of theirs included."""
        self.waiting += statements

    async def run(self, *statements: Statement) -> list[list[Any]]:
        """Run what waits, then these; the rows of each of these."""
        together, self.waiting = [*self.waiting, *statements], []
        self.begun = True
        results = await self.engine.send(self.connection, *together)
        return results[-len(statements) :]

    async def _undo(self) -> None:
        """Also after a failing or cancelled COMMIT: what is still open is rolled back."""
        connection = self.connection

        def roll_back() -> None:
            # Asked in the connection's thread, which may still be at a cancelled statement.
            if connection.in_transaction:
                self.engine.tell("ROLLBACK")
                connection._conn.execute("ROLLBACK")

        try:
            await _in_thread_of(connection, roll_back)
        finally:
            self.engine.write_lock.release()


class SQLite(SQLiteEngine):
    """The engine of an SQLite file; belongs to the event loop that first uses it."""

    integrity_errors = (sqlite3.IntegrityError,)
    unreachable_errors = (OSError, sqlite3.DatabaseError)

    __slots__ = ("_gate", "_idle", "_open", "_writer", "listeners", "write_lock")

    def __init__(self, path: str) -> None:
        super().__init__(path=path)
        self.listeners: list[Callable[[str], None]] = []
        self._reset()

    def _reset(self) -> None:
        self.write_lock = asyncio.Lock()
        self._writer: aiosqlite.Connection | None = None
        self._gate = asyncio.Semaphore(READERS)
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
                f"cache_size = -{CACHE_KIB}",
            ):
                await connection.execute(f"PRAGMA {pragma}")
        except BaseException:  # its thread would keep the process from ending
            await connection.close()
            raise
        return connection

    async def writer(self) -> aiosqlite.Connection:
        """The connection of whoever holds the write lock.

        It is always the same one: what a connection keeps of the file is worth
        nothing as soon as another one has written.
        """
        if self._writer is None:
            self._writer = await self._open_one()
        return self._writer

    async def acquire(self) -> aiosqlite.Connection:
        """Borrow a connection to read; whoever waited longest is served first."""
        await self._gate.acquire()
        try:
            return self._idle.pop() if self._idle else await self._open_one()
        except BaseException:
            self._gate.release()
            raise

    def release(self, connection: aiosqlite.Connection) -> None:
        """Give a borrowed connection back."""
        self._idle.append(connection)
        self._gate.release()

    async def close(self) -> None:
        """Close every connection; the next query opens new ones."""
        for connection in self._open:
            await connection.close()
        self._reset()

    async def _open_one(self) -> aiosqlite.Connection:
        connection = await self.get_connection()
        self._open.append(connection)
        return connection

    @asynccontextmanager
    async def process_lock(self, number: int) -> AsyncIterator[None]:
        """Wait until no other process is in a block of this number."""
        Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        async with aiosqlite.connect(
            f"{self.path}.lock-{number}", timeout=LOCK_TIMEOUT_S, isolation_level=None
        ) as gate:
            await gate.execute("BEGIN EXCLUSIVE")
            yield

    def tell(self, query: str) -> None:
        """Tell whoever counts statements of one more."""
        for listener in self.listeners:
            listener(query)

    async def send(
        self, connection: aiosqlite.Connection, *statements: Statement
    ) -> list[list[Any]]:
        """Run statements on a connection, in one hop to its thread; the rows of each."""
        for query, _ in statements:
            self.tell(query)

        def run_all() -> list[list[Any]]:
            return [connection._conn.execute(*statement).fetchall() for statement in statements]

        return await _in_thread_of(connection, run_all)

    async def run(self, query: str, args: Sequence[Any]) -> list[Any]:
        """Run one statement, in the current transaction if there is one."""
        current = self._current()
        if current is not None:
            return (await current.run((query, args)))[0]
        if not query.lstrip()[:7].upper().startswith(_READS):
            async with self.write_lock:
                return (await self.send(await self.writer(), (query, args)))[0]
        connection = await self.acquire()
        try:
            return (await self.send(connection, (query, args)))[0]
        finally:
            self.release(connection)

    async def write(self, *statements: Statement, answer: bool) -> list[Any]:
        """Run statements together, inside a transaction.

        With ``answer`` it gives the rows of the first; without, nothing is
        waited for, and an error shows at the next statement or at the end.
        """
        current = self._current()
        if current is None:
            raise RuntimeError("write() needs a transaction")
        if not answer:
            current.run_later(*statements)
            return []
        return (await current.run(*statements))[0]

    def _current(self) -> _Transaction | None:
        return cast("_Transaction | None", self.current_transaction.get())

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
        # Piccolo asks this in a transaction alone, and that knows its connection.
        return await self.run(query, args or ())

    def transaction(
        self,
        transaction_type: TransactionType = TransactionType.immediate,
        allow_nested: bool = True,
    ) -> SQLiteTransaction:
        """A transaction that holds the write lock from its start."""
        if self.current_transaction.get() is not None and allow_nested:
            return SQLiteTransaction(self, transaction_type, allow_nested=True)
        return _Transaction(self, transaction_type, allow_nested=allow_nested)


async def _in_thread_of(connection: aiosqlite.Connection, function: Callable[[], T]) -> T:
    """Call a function in a connection's own thread, after what it was given before."""
    result: T = await connection._execute(function)  # type: ignore[no-untyped-call]  # a private one
    return result
