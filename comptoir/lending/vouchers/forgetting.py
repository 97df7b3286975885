"""Who lived with whom when a voucher was given is forgotten once no limit looks back so far."""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.core import db
from comptoir.lending.vouchers.rules import LONGEST_PERIOD

_FORGET = """
DELETE FROM lending_voucher_share WHERE issue IN (
    SELECT issue.id FROM lending_voucher_issue issue
    WHERE COALESCE(issue.granted_at, issue.issued_at) < :before)
"""


async def forget_shares(*, now: datetime) -> None:
    """Delete the shares of vouchers that were given longer ago than a period lasts at most."""
    await db.execute(_FORGET, before=now - timedelta(days=LONGEST_PERIOD + 1))
