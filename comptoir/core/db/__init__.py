"""The database: one interface over SQLite and PostgreSQL.

Everything that differs between the two engines is hidden in this package.
Simple reads and writes go through the Piccolo tables; what the desk does often
goes through ``fetch`` and ``execute``, one statement for many facts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from piccolo.table import TABLE_REGISTRY

from comptoir.core.db import statements

# Imported where one of them is connected: the driver of the other is 7 MB of a worker.
if TYPE_CHECKING:
    from comptoir.core.db.postgres import Postgres
    from comptoir.core.db.sqlite import SQLite

#: Piccolo apps in the order of their migrations, lowest floor first.
PACKAGES = ("core", "sites", "inventory", "lending", "notifications")

Row = dict[str, Any]

#: What the engine raises when a constraint of the schema says no; known once it is connected.
IntegrityErrors: tuple[type[Exception], ...] = ()

#: What is raised when the database cannot be reached, opened, or understood; likewise.
UnreachableErrors: tuple[type[Exception], ...] = ()

#: Few enough that every engine takes their values.
_ROWS_AT_ONCE = 100

#: Any number does: it keeps these locks apart from those that others take by two numbers.
_TURNS = 7266

_engine: SQLite | Postgres | None = None
_joinable: ContextVar[bool] = ContextVar("joinable_transaction", default=False)
_kept: ContextVar[list[Callable[[], Awaitable[None]]] | None] = ContextVar("kept", default=None)


def connect(url: str) -> SQLite | Postgres:
    """Make ``url`` the database of this process and give its engine.

    ``url`` is ``sqlite:///PATH`` or ``postgres://…``. No connection is opened
    before the first query.
    """
    global _engine, IntegrityErrors, UnreachableErrors
    if urlsplit(url).scheme == "sqlite":
        from comptoir.core.db.sqlite import SQLite

        _engine = SQLite(url.removeprefix("sqlite:///"))
    else:
        from comptoir.core.db.postgres import Postgres

        _engine = Postgres(url)
    IntegrityErrors, UnreachableErrors = _engine.integrity_errors, _engine.unreachable_errors
    for table in TABLE_REGISTRY:
        table._meta.db = _engine
    return _engine


def engine() -> SQLite | Postgres:
    """The engine that ``connect`` made."""
    if _engine is None:
        raise RuntimeError("comptoir.core.db.connect() has not been called")
    return _engine


def is_connected() -> bool:
    """True once ``connect`` has been called."""
    return _engine is not None


def is_postgres() -> bool:
    """True on PostgreSQL, False on SQLite."""
    return _engine is not None and _engine.engine_type == "postgres"


def writers_take_turns() -> bool:
    """True where a transaction is alone, so that what it has read is still true when it writes."""
    return not is_postgres()


async def disconnect() -> None:
    """Close every connection of this process and forget the database."""
    global _engine
    await engine().close()
    _engine = None


def transaction() -> AbstractAsyncContextManager[object]:
    """One use case's unit of work: all of it is written, or nothing is.

    On SQLite it takes the write lock at once, so that what was read is still
    true at the write. It does not nest, for an inner one could not roll back
    alone; inside ``joinable()`` it is a savepoint of the transaction around it.
    """
    return _savepoint() if _joinable.get() else engine().transaction(allow_nested=False)


@asynccontextmanager
async def _savepoint() -> AsyncIterator[None]:
    token = _joinable.set(False)
    await execute("SAVEPOINT joined")
    try:
        yield
    except Exception:
        await execute("ROLLBACK TO SAVEPOINT joined")
        raise
    else:
        await execute("RELEASE SAVEPOINT joined")
    finally:
        _joinable.reset(token)


@asynccontextmanager
async def joinable() -> AsyncIterator[None]:
    """A transaction that services called inside take part in.

    It lets ``core.idempotency`` write a call's outcome together with its
    effects.
    """
    again: list[Callable[[], Awaitable[None]]] = []
    kept = _kept.set(again)
    try:
        async with engine().transaction(allow_nested=False):
            token = _joinable.set(True)
            try:
                yield
            finally:
                _joinable.reset(token)
    except Exception:
        for write in again:
            async with engine().transaction(allow_nested=False):
                await write()
        raise
    finally:
        _kept.reset(kept)


def keep(write: Callable[[], Awaitable[None]]) -> None:
    """Make a write again, should the ``joinable()`` around a service that has made it be undone.

    For what is counted of an attempt that fails. It is called after the service's transaction.
    """
    again = _kept.get()
    if again is not None:
        again.append(write)


async def fetch(sql: str, /, **values: Any) -> list[Row]:
    """Run one statement and give its rows.

    Values are named, ``:like_this``; a list after ``IN`` is spread. The SQL is
    PostgreSQL's: ``string_agg``, and ``CAST(:id AS uuid)`` where the type of a value
    that may be None cannot be told from what surrounds it. A computed
    timestamp, date or boolean says its type in the alias, as in ``AS "due_at
    [TIMESTAMPTZ]"``, because SQLite only knows the types of stored columns.
    """
    return await engine().run(*statements.compiled(sql, values, postgres=is_postgres()))


async def fetch_one(sql: str, /, **values: Any) -> Row | None:
    """The first row of ``fetch``, or None."""
    rows = await fetch(sql, **values)
    return rows[0] if rows else None


async def execute(sql: str, /, **values: Any) -> None:
    """``fetch`` for a statement whose rows nobody reads."""
    await fetch(sql, **values)


async def write(*writes: tuple[str, dict[str, Any]], answer: str = "") -> list[Row]:
    """Send several writes at once: all of them, in one round trip.

    Each is a statement and its values. None may depend on what another writes:
    on PostgreSQL they become one statement, whose parts see the rows as they
    were before. ``answer``, a SELECT that takes the values of the first
    statement, gives the rows as they were before the writes. Without it an error
    of theirs may show only at the next statement, or at the end of the transaction.
    """
    if answer:
        writes = ((answer, writes[0][1]), *writes)
    ready = [statements.compiled(*each, postgres=is_postgres()) for each in writes]
    return await engine().write(*ready, answer=bool(answer))


async def insert_many(sql: str, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows with few statements. ``sql`` is the INSERT of one, up to its values."""
    await _many(sql, rows)


async def update_many(sql: str, rows: Sequence[dict[str, Any]]) -> None:
    """Update many rows, each by values of its own, with few statements. ``sql`` is that of one::

    WITH new (id, name) AS (VALUES (CAST(:id AS uuid), :name))
    UPDATE things SET name = new.name FROM new WHERE things.id = new.id
    """
    await _many(sql, rows)


async def _many(sql: str, rows: Sequence[dict[str, Any]]) -> None:
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[first : first + _ROWS_AT_ONCE]
        together = {
            f"{name}_{number}": value
            for number, values in enumerate(some)
            for name, value in values.items()
        }
        await execute(statements.repeated(sql, len(some)), **together)


def choose(*, sqlite: str, postgres: str) -> str:
    """The statement for the engine in use, where the two must differ."""
    return postgres if is_postgres() else sqlite


def containing(text: str) -> str:
    """A pattern for ``LIKE :name`` with ``ESCAPE_LIKE`` behind: what contains a text as it is.

    ``%`` and ``_`` in it stand for themselves.
    """
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    return f"%{text}%"


#: What follows ``LIKE :name`` where the pattern is that of ``containing``.
ESCAPE_LIKE = "ESCAPE '!'"


def for_update(of: str) -> str:
    """The clause that locks the rows read from ``of``; SQLite's transaction is lock enough.

    Rows that refer to them may still be inserted. Name the tables in the same
    order everywhere, item before loan, or two transactions wait for each other.
    """
    return f" FOR NO KEY UPDATE OF {of}"


def for_update_of_free(of: str) -> str:
    """``for_update`` of those rows that no other transaction has locked; the others are left out.

    For work that several processes share: each gets rows of its own, and none waits.
    """
    return f" FOR NO KEY UPDATE OF {of} SKIP LOCKED"


def for_share(of: str) -> str:
    """The clause that keeps the rows read from ``of`` as they are until the transaction ends.

    Others may read and share them, and wait with a change. After ``for_update``, it
    locks what that names first.
    """
    return f" FOR SHARE OF {of}"


@asynccontextmanager
async def advisory_lock(number: int) -> AsyncIterator[None]:
    """Keep other processes out of the block.

    On SQLite the lock is a file of its own beside the database: a lock on the
    database itself would keep the block from writing. It goes when the process
    ends, however that is.
    """
    async with engine().process_lock(number):
        yield


async def take_turns(over: str) -> None:
    """Wait until no other transaction has the turn over something, and keep it to the end.

    For what no index can hold, because the rows are compared by a rule of ours: read what
    there is after this, then write. On SQLite every transaction that writes has its turn.
    """
    if not writers_take_turns():
        await execute(
            "SELECT pg_advisory_xact_lock(:kind, hashtext(:over))", kind=_TURNS, over=over
        )


def violated_constraint(error: BaseException) -> str:
    """The index or ``table.column`` that an integrity error names."""
    name = getattr(error, "constraint_name", None)
    return str(name) if name else str(error).partition("failed: ")[2]


@contextmanager
def count_statements() -> Iterator[list[str]]:
    """Collect the statements sent while the block runs, in order."""
    sent: list[str] = []
    engine().listeners.append(sent.append)
    try:
        yield sent
    finally:
        engine().listeners.remove(sent.append)


__all__ = [
    "PACKAGES",
    "IntegrityErrors",
    "Row",
    "UnreachableErrors",
    "advisory_lock",
    "choose",
    "connect",
    "count_statements",
    "disconnect",
    "engine",
    "execute",
    "fetch",
    "fetch_one",
    "for_share",
    "for_update",
    "for_update_of_free",
    "insert_many",
    "is_connected",
    "is_postgres",
    "joinable",
    "take_turns",
    "transaction",
    "update_many",
    "violated_constraint",
    "write",
    "writers_take_turns",
]
