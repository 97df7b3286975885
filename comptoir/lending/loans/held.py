"""What somebody has on loan, and until when each could be renewed, as they may read it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.inventory.names import read_name
from comptoir.lending import rules
from comptoir.lending.loans import facts
from comptoir.lending.refusals import Refusal

#: Nobody has so many things; a runaway script may.
MOST = 50


class HeldLoan(msgspec.Struct, frozen=True):
    """Something on loan: its kind in the reader's language, and no code or number of it.

    ``renewed`` is until when it would be renewed now, or why it would not.
    """

    id: UUID
    site_id: UUID
    name: str
    due_at: datetime
    renewals: int
    renewed: datetime | Refusal


async def held_by(borrower_id: UUID, *, now: datetime) -> list[HeldLoan]:
    """What somebody has, the first due first."""
    rows = await db.fetch(facts.RENEWALS_OF, borrower_id=borrower_id, most=MOST)
    return [
        HeldLoan(
            row["loan_id"],
            row["site_id"],
            read_name(row["names"]),
            row["due_at"],
            row["loan_renewals"],
            rules.renewal_due(facts.renewal_facts(row), now=now),
        )
        for row in rows
    ]
