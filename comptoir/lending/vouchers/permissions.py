"""Reception sees the code of what the person at their desk was given."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.lending.rules import VISIT_TIME

_AT_THE_DESK = """
SELECT 1 AS given FROM lending_voucher_issue issue
JOIN lending_visit visit ON visit.borrower = issue.borrower
WHERE issue.voucher = :voucher AND issue.ended_at IS NULL
  AND visit.site = :site AND visit.closed_at IS NULL AND visit.opened_at > :since
LIMIT 1
"""


async def given_in_open_visit(actor: Principal, voucher_id: UUID, now: datetime) -> bool:
    """Whether the voucher is that of somebody whose visit is open where the actor works."""
    if actor.site_id is None or not actor.sees_site(actor.site_id):
        return False
    return bool(
        await db.fetch(_AT_THE_DESK, voucher=voucher_id, site=actor.site_id, since=now - VISIT_TIME)
    )
