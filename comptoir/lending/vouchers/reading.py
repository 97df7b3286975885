"""What was given, read again: never a code."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers.statuses import Medium, VoucherStatus
from comptoir.lending.errors import VoucherIssueNotFound

_READ = """
SELECT issue.id, issue.voucher, issue.kind, issue.borrower, issue.site, issue.loan,
       issue.issued_at, issue.shown_at, issue.ended_at, voucher.hint, voucher.activate_by,
       voucher.status, kind.names, kind.medium
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
WHERE issue.id = :issue_id
"""


class IssueDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher that was given, and what became of it.

    `status` is the voucher's own; `ended_at` says that it came back, or was replaced.
    """

    id: UUID
    voucher_id: UUID
    kind_id: UUID
    names: dict[str, str]
    medium: Medium
    hint: str
    borrower_id: UUID | None
    site_id: UUID
    loan_id: UUID | None
    issued_at: datetime
    activate_by: date | None
    status: VoucherStatus
    shown_at: datetime | None
    ended_at: datetime | None


async def live_issue(voucher_id: UUID) -> UUID:
    """By which issue somebody has a voucher.

    Raises:
        VoucherIssueNotFound: nobody has it.
    """
    row = await db.fetch_one(
        "SELECT id FROM lending_voucher_issue WHERE voucher = :voucher AND ended_at IS NULL",
        voucher=voucher_id,
    )
    if row is None:
        raise VoucherIssueNotFound
    found: UUID = row["id"]
    return found


async def read_issue(actor: Principal, issue_id: UUID) -> IssueDetail:
    """One voucher that was given.

    Raises:
        VoucherIssueNotFound: there is none, or it is of a site the actor may not know of.
    """
    row = await db.fetch_one(_READ, issue_id=issue_id)
    if row is None or not actor.sees_site(row["site"]):
        raise VoucherIssueNotFound
    return IssueDetail(
        id=row["id"],
        voucher_id=row["voucher"],
        kind_id=row["kind"],
        names=read_names(row["names"]),
        medium=Medium(row["medium"]),
        hint=row["hint"],
        borrower_id=row["borrower"],
        site_id=row["site"],
        loan_id=row["loan"],
        issued_at=row["issued_at"],
        activate_by=row["activate_by"],
        status=VoucherStatus(row["status"]),
        shown_at=row["shown_at"],
        ended_at=row["ended_at"],
    )
