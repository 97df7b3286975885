"""Whose borrowers somebody may know of: those of the sites where they work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.lending.errors import BorrowerNotFound

_KNOWN = (
    "EXISTS (SELECT 1 FROM lending_borrower_site AS known"
    " WHERE known.borrower = b.id AND known.site IN :sites)"
)


def seen_by(actor: Principal) -> tuple[str, dict[str, Any]]:
    """A condition on ``lending_borrower AS b``, and its values."""
    if actor.all_sites:
        return "1 = 1", {}
    return _KNOWN, {"sites": sorted(actor.site_ids)}


_ELSEWHERE = """
SELECT id FROM lending_loan
WHERE borrower = :borrower_id AND site NOT IN :sites AND return_site NOT IN :sites
UNION ALL
SELECT id FROM lending_visit WHERE borrower = :borrower_id AND site NOT IN :sites
UNION ALL
SELECT id FROM lending_agreement WHERE borrower = :borrower_id AND site NOT IN :sites
"""


async def done_elsewhere(actor: Principal, borrower_id: UUID) -> frozenset[UUID]:
    """Loans, visits and agreements of a borrower that the actor may not know of."""
    if actor.all_sites:
        return frozenset()
    rows = await db.fetch(_ELSEWHERE, borrower_id=borrower_id, sites=sorted(actor.site_ids))
    return frozenset(row["id"] for row in rows)


async def find_visible(actor: Principal, borrower_id: UUID, *, lock: bool = False) -> db.Row:
    """The columns of a borrower whom the actor may know of.

    With ``lock``, nobody else changes the row before the transaction's end.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
    """
    seen, values = seen_by(actor)
    row = await db.fetch_one(
        f"SELECT b.* FROM lending_borrower AS b WHERE b.id = :id AND {seen}"
        + (db.for_update("b") if lock else ""),
        id=borrower_id,
        **values,
    )
    if row is None:
        raise BorrowerNotFound
    return row
