"""Statements as they are sent: values in their places, in the words of the engine.

The program writes SQL that PostgreSQL understands, with values named ``:like_this``.
What SQLite says otherwise is translated here, once for each statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

Compiled = tuple[str, list[Any]]

_PLACE = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
_TYPED_ALIAS = re.compile(r'"(\w+) \[\w+\]"')
_LOCK = re.compile(r"(?: FOR (?:NO KEY UPDATE|SHARE) OF [\w, ]+?)+\s*$")
_KEPT_AS_TEXT = re.compile(r"CAST\((:\w+) AS (?:uuid|timestamptz)\)")


def compiled(sql: str, values: Mapping[str, Any], *, postgres: bool) -> Compiled:
    """A statement and its values as the engine takes them; a list after ``IN`` is spread."""
    lists = [name for name, value in values.items() if isinstance(value, (list, tuple))]
    lengths = tuple((name, len(values[name])) for name in lists) if lists else ()
    text, names = _compile(sql, lengths, postgres)
    if lists:
        values = _spread(values)
    return text, [values[name] for name in names]


@lru_cache(maxsize=64)
def repeated(sql: str, count: int) -> str:
    """The statement of one row as one of many: the values of the third are ``:name_2``.

    What stands in the brackets after ``VALUES`` is repeated, the rest stays as it is.
    """
    head, values = sql.split("VALUES")
    row = values[: _end_of_brackets(values)]
    rows = (re.sub(r":([a-z_]+)", rf":\1_{number}", row) for number in range(count))
    return f"{head} VALUES {', '.join(rows)}{values[len(row) :]}"


def _end_of_brackets(text: str) -> int:
    """The place behind the bracket that closes the first one."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == ")" and depth == 0:
            return place + 1
    raise ValueError("brackets are not closed")


def together(statements: Sequence[Compiled], *, answer: bool) -> Compiled:
    """Statements for PostgreSQL as one with data-modifying CTEs, their places renumbered.

    With ``answer`` the first is a SELECT, and its rows are those of the whole.
    """
    lengths = tuple((text, len(values)) for text, values in statements)
    return _joined(lengths, answer), [value for _, values in statements for value in values]


@lru_cache(maxsize=1024)
def _joined(statements: tuple[tuple[str, int], ...], answer: bool) -> str:
    texts: list[str] = []
    places = 0
    for text, count in statements:
        texts.append(_renumber(text, places))
        places += count
    first = texts.pop(0) if answer else "SELECT 1"
    parts = ", ".join(f"write_{number} AS ({text})" for number, text in enumerate(texts))
    return f"WITH {parts} {first}"


def _renumber(text: str, offset: int) -> str:
    return re.sub(r"\$(\d+)", lambda match: f"${int(match[1]) + offset}", text)


@lru_cache(maxsize=1024)
def _compile(
    sql: str, lengths: tuple[tuple[str, int], ...], postgres: bool
) -> tuple[str, tuple[str, ...]]:
    sql = _TYPED_ALIAS.sub(r'"\1"', sql) if postgres else _for_sqlite(sql)
    for name, length in lengths:
        spread = ", ".join(f":{name}_{i}" for i in range(length)) or "NULL"
        sql = re.sub(rf":{name}\b", f"({spread})", sql)
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if not postgres:
            names.append(match[1])
            return "?"
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    return _PLACE.sub(number, sql), tuple(names)


def _for_sqlite(sql: str) -> str:
    """A transaction is the lock; texts are joined by another name; ids and moments are texts."""
    sql = _LOCK.sub("", sql)
    sql = _KEPT_AS_TEXT.sub(r"\1", sql)
    return sql.replace("string_agg(", "group_concat(")


def _spread(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, (list, tuple)):
            flat |= {f"{name}_{i}": part for i, part in enumerate(value)}
        else:
            flat[name] = value
    return flat
