"""A voucher is in use, because the person it was given to wrote that it works.

Whoever pretends to write from their number can begin its days, and no more: the answer holds
no code. What could mean another message, such as "OK", counts only where no other was written
since the voucher was given.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import SYSTEM
from comptoir.inventory.vouchers.actions import activate_voucher
from comptoir.inventory.vouchers.errors import VoucherActionRefused
from comptoir.inventory.vouchers.validity import last_day
from comptoir.notifications.reminders.plans import UNASKED
from comptoir.notifications.replies import Wish

#: What was given longer ago is not meant any more.
LATELY = timedelta(days=14)

# Of two, nobody can tell which is meant.
_WAITING = """
SELECT issue.voucher, issue.site,
       EXISTS (SELECT 1 FROM notifications_message message
               WHERE message.borrower = issue.borrower AND message.kind IN :kinds
                 AND message.status <> 'dropped' AND message.created_at > issue.issued_at)
           AS "written_since [BOOLEAN]"
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher AND voucher.status = 'issued'
WHERE issue.borrower = :borrower AND issue.ended_at IS NULL AND issue.issued_at > :since
ORDER BY issue.id DESC LIMIT 2
"""
_UNTIL = """
SELECT voucher.expires_at, kind.time_zone FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE voucher.id = :voucher
"""


class Waiting(msgspec.Struct, frozen=True):
    """The one voucher that a person has and does not use yet, and the site that gave it."""

    voucher_id: UUID
    site_id: UUID


class InUse(msgspec.Struct, frozen=True):
    """A voucher that is in use now. ``last_day`` is the operator's, where it has one."""

    site_id: UUID
    last_day: date | None


async def meant_by(wish: Wish, borrower_id: UUID | None, *, now: datetime) -> Waiting | None:
    """The voucher that somebody says works; None where that is not plain."""
    if borrower_id is None or wish not in (Wish.WORKS, Wish.AGREED):
        return None
    rows = await db.fetch(
        _WAITING,
        borrower=borrower_id,
        kinds=UNASKED,
        since=now - LATELY,
    )
    if len(rows) != 1 or (wish is Wish.AGREED and rows[0]["written_since"]):
        return None
    return Waiting(rows[0]["voucher"], rows[0]["site"])


async def begin_use(waiting: Waiting, *, now: datetime) -> InUse | None:
    """The days of the voucher are counted from now; None if something came between."""
    try:
        await activate_voucher(SYSTEM, waiting.voucher_id, now=now)
    except VoucherActionRefused:
        return None
    row = await db.fetch_one(_UNTIL, voucher=waiting.voucher_id)
    if row is None:
        return None
    last = last_day(row["expires_at"], row["time_zone"])
    return InUse(waiting.site_id, last.date() if last else None)
