"""Keeping what borrowers are found by in step with what they are called.

Called inside the transaction that writes the borrower.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.lending import search

#: Rows sent in one statement when many borrowers are indexed at once.
_BATCH = 20_000

_INSERT_SQLITE = """
INSERT INTO lending_borrower_term (borrower, kind, term)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(:rows)
"""
_INSERT_POSTGRES = """
INSERT INTO lending_borrower_term (borrower, kind, term)
SELECT CAST(value ->> 0 AS uuid), value ->> 1, value ->> 2
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS value
"""


class Findable(msgspec.Struct, frozen=True):
    """What a borrower is found by: ``sort_name`` is folded, ``phone`` is E.164 or empty."""

    id: UUID
    sort_name: str
    phone: str = ""


async def index_borrowers(borrowers: Iterable[Findable]) -> None:
    """Write the terms of borrowers who have none yet; as many as one likes."""
    rows: list[tuple[UUID, str, str]] = []
    for borrower in borrowers:
        for kind, term in search.terms(borrower.sort_name, borrower.phone):
            rows.append((borrower.id, kind.value, term))
        if len(rows) >= _BATCH:
            await _insert(rows)
            rows = []
    if rows:
        await _insert(rows)


async def reindex_borrower(borrower: Findable) -> None:
    """Replace the terms of one borrower."""
    await db.execute(
        "DELETE FROM lending_borrower_term WHERE borrower = :borrower", borrower=borrower.id
    )
    await index_borrowers([borrower])


async def _insert(rows: list[tuple[UUID, str, str]]) -> None:
    await db.execute(
        db.choose(sqlite=_INSERT_SQLITE, postgres=_INSERT_POSTGRES),
        rows=msgspec.json.encode(rows).decode(),
    )
