"""The database: one interface over SQLite and PostgreSQL.

Everything that differs between the two engines is hidden in this package.
Simple reads and writes go through the Piccolo tables; what the desk does often
goes through ``fetch`` and ``execute``, one statement for many facts.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from piccolo.table import TABLE_REGISTRY

from comptoir.core.db.postgres import Postgres
from comptoir.core.db.sqlite import SQLite

#: Piccolo apps in the order of their migrations, lowest floor first.
PACKAGES = ("core", "sites", "inventory", "lending")

Row = dict[str, Any]

#: What both engines raise when a constraint of the schema says no.
IntegrityErrors = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)

#: What is raised when the database cannot be reached, opened, or understood.
UnreachableErrors = (
    OSError,
    sqlite3.DatabaseError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)

_engine: SQLite | Postgres | None = None
_joinable: ContextVar[bool] = ContextVar("joinable_transaction", default=False)


def connect(url: str) -> SQLite | Postgres:
    """Make ``url`` the database of this process and give its engine.

    ``url`` is ``sqlite:///PATH`` or ``postgres://…``. No connection is opened
    before the first query.
    """
    global _engine
    if urlsplit(url).scheme == "sqlite":
        _engine = SQLite(url.removeprefix("sqlite:///"))
    else:
        _engine = Postgres(url)
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
    return isinstance(_engine, Postgres)


async def disconnect() -> None:
    """Close every connection of this process and forget the database."""
    global _engine
    await engine().close()
    _engine = None


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """One use case's unit of work: all of it is written, or nothing is.

    On SQLite it takes the write lock at once, so that what was read is still
    true at the write. It does not nest, for an inner one could not roll back
    alone; inside ``joinable()`` it is a savepoint of the transaction around it.
    """
    if not _joinable.get():
        async with engine().transaction(allow_nested=False):
            yield
        return
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
    async with engine().transaction(allow_nested=False):
        token = _joinable.set(True)
        try:
            yield
        finally:
            _joinable.reset(token)


async def fetch(sql: str, /, **values: Any) -> list[Row]:
    """Run one statement and give its rows.

    Values are named, ``:like_this``; a list after ``IN`` is spread. A computed
    timestamp, date or boolean says its type in the alias, as in ``AS "due_at
    [TIMESTAMPTZ]"``, because SQLite only knows the types of stored columns.
    """
    engine_type = "postgres" if is_postgres() else "sqlite"
    lengths = tuple((k, len(v)) for k, v in values.items() if isinstance(v, (list, tuple)))
    text, names = _compile(engine_type, sql, lengths)
    if lengths:
        values = _spread(values)
    return await engine().run(text, [values[name] for name in names])


async def fetch_one(sql: str, /, **values: Any) -> Row | None:
    """The first row of ``fetch``, or None."""
    rows = await fetch(sql, **values)
    return rows[0] if rows else None


async def execute(sql: str, /, **values: Any) -> None:
    """``fetch`` for a statement whose rows nobody reads."""
    await fetch(sql, **values)


async def write(*statements: tuple[str, dict[str, Any]], answer: str = "") -> list[Row]:
    """Send several writes at once: all of them, in one round trip.

    Each is a statement and its values. None may depend on what another writes:
    on PostgreSQL they become one statement, whose parts see the rows as they
    were before. ``answer``, a SELECT that takes the values of the first
    statement, gives the rows as they were before the writes. Without it an error
    of theirs may show only at the next statement, or at the end of the transaction.
    """
    if answer:
        statements = ((answer, statements[0][1]), *statements)
    compiled = []
    for sql, values in statements:
        text, names = _compile("postgres" if is_postgres() else "sqlite", sql, ())
        compiled.append((text, [values[name] for name in names]))
    current = engine()
    if isinstance(current, SQLite):
        return await current.write(*compiled, answer=bool(answer))
    return await current.run(*_one_statement(compiled, answer=bool(answer)))


def _one_statement(compiled: list[tuple[str, list[Any]]], *, answer: bool) -> tuple[str, list[Any]]:
    """The statements as one with data-modifying CTEs, their places renumbered."""
    texts: list[str] = []
    arguments: list[Any] = []
    for text, values in compiled:
        texts.append(_renumber(text, len(arguments)))
        arguments += values
    first = texts.pop(0) if answer else "SELECT 1"
    parts = ", ".join(f"write_{number} AS ({text})" for number, text in enumerate(texts))
    return f"WITH {parts} {first}", arguments


@lru_cache(maxsize=1024)
def _renumber(text: str, offset: int) -> str:
    return re.sub(r"\$(\d+)", lambda match: f"${int(match[1]) + offset}", text)


def choose(*, sqlite: str, postgres: str) -> str:
    """The statement for the engine in use, where the two must differ."""
    return postgres if is_postgres() else sqlite


def for_update(of: str) -> str:
    """The clause that locks the rows read from ``of``; on SQLite, nothing to add.

    Rows that refer to them may still be inserted. Name the tables in the same
    order everywhere, item before loan, or two transactions wait for each other.
    """
    return f" FOR NO KEY UPDATE OF {of}" if is_postgres() else ""


@asynccontextmanager
async def advisory_lock(number: int) -> AsyncIterator[None]:
    """Keep other processes out of the block.

    On SQLite the lock is a file of its own beside the database: a lock on the
    database itself would keep the block from writing. It goes when the process
    ends, however that is.
    """
    current = engine()
    if isinstance(current, SQLite):
        async with current.process_lock(number):
            yield
        return
    connection = await current.get_new_connection()
    try:
        await connection.execute(f"SELECT pg_advisory_lock({number})")
        yield
    finally:
        await connection.close()


def violated_constraint(error: BaseException) -> str:
    """The index or ``table.column`` that an integrity error names."""
    name = getattr(error, "constraint_name", None)
    return str(name) if name else str(error).partition("failed: ")[2]


_PLACE = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
_TYPED_ALIAS = re.compile(r'"(\w+) \[\w+\]"')


@lru_cache(maxsize=1024)
def _compile(
    engine_type: str, sql: str, lengths: tuple[tuple[str, int], ...]
) -> tuple[str, tuple[str, ...]]:
    for name, length in lengths:
        spread = ", ".join(f":{name}_{i}" for i in range(length)) or "NULL"
        sql = re.sub(rf":{name}\b", f"({spread})", sql)
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if engine_type == "sqlite":
            names.append(match[1])
            return "?"
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    text = _PLACE.sub(number, sql)
    if engine_type == "postgres":
        text = _TYPED_ALIAS.sub(r'"\1"', text)
    return text, tuple(names)


def _spread(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, (list, tuple)):
            flat |= {f"{name}_{i}": part for i, part in enumerate(value)}
        else:
            flat[name] = value
    return flat


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
    "for_update",
    "is_connected",
    "is_postgres",
    "joinable",
    "transaction",
    "violated_constraint",
    "write",
]
