"""SIM cards that went with what comes back: nobody puts a phone away with one in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.inventory.names import read_name
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.lending.vouchers.rules import HeldIssue, refuse_taking_back

_READ = """
SELECT issue.id, issue.loan, issue.shown_at, voucher.hint, voucher.status, kind.names
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
WHERE issue.loan IN :loans AND issue.ended_at IS NULL AND kind.medium = 'sim'
ORDER BY issue.id
"""


class WentWith(msgspec.Struct, frozen=True):
    """A card that somebody was given with a loan; ``can_return``: it may have come back as new."""

    issue_id: UUID
    name: str
    hint: str
    can_return: bool


async def went_with(loans: Collection[UUID]) -> dict[UUID, list[WentWith]]:
    """The SIM cards that went with loans, and are somebody's still."""
    found: defaultdict[UUID, list[WentWith]] = defaultdict(list)
    if loans:
        for row in await db.fetch(_READ, loans=[*loans]):
            held = HeldIssue(status=VoucherStatus(row["status"]), shown=row["shown_at"] is not None)
            can_return = refuse_taking_back(held) is None
            card = WentWith(row["id"], read_name(row["names"]), row["hint"], can_return)
            found[row["loan"]].append(card)
    return dict(found)
