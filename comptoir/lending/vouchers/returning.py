"""A voucher that somebody was given comes back unopened, however long ago that was."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_name
from comptoir.inventory.vouchers import actions
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.lending.errors import VoucherIssueNotFound, VoucherReturnRefused
from comptoir.lending.vouchers.rules import HeldIssue, refuse_taking_back

#: An issue with the row of its voucher, as ``inventory.vouchers.steps`` wants it.
READ = """
SELECT issue.id AS issue_id, issue.voucher, issue.borrower, issue.loan, issue.shown_at,
       issue.ended_at AS issue_ended_at, issue.site AS given_at_site,
       COALESCE(issue.granted_at, issue.issued_at) AS "granted_at [TIMESTAMPTZ]",
       voucher.id, voucher.kind, voucher.site, voucher.status,
       voucher.activate_by, voucher.issued_at, voucher.activated_at, voucher.expires_at,
       kind.names, kind.medium, kind.time_zone,
       EXISTS (SELECT 1 FROM inventory_voucher faulty WHERE faulty.replaced_by = voucher.id)
           AS "replaces [BOOLEAN]"
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE issue.id = :issue_id
""" + db.for_update("issue, voucher")
#: It is nobody's any more.
END = "UPDATE lending_voucher_issue SET ended_at = :now WHERE id = :issue_id"


async def take_back_voucher(actor: Principal, issue_id: UUID, *, now: datetime) -> str:
    """A voucher is in the drawer again, and counts to no limit; give its kind's name.

    One whose last day to be activated is over has expired instead.

    Raises:
        VoucherIssueNotFound: there is none, or it is of a site the actor may not know of.
        VoucherReturnRefused: nobody has it, or its code is known (``refuse_taking_back``).
    """
    async with db.transaction():
        row = await db.fetch_one(READ, issue_id=issue_id)
        if row is None or not actor.sees_site(row["site"]):
            raise VoucherIssueNotFound
        if refusal := refuse_taking_back(held_issue(row)):
            raise VoucherReturnRefused(refusal)
        await db.execute(END, issue_id=issue_id, now=now)
        await actions.take_back(actor, row, now=now, related=(row["borrower"], row["loan"]))
    return read_name(row["names"])


def held_issue(row: db.Row) -> HeldIssue:
    """What the rules ask of a row of ``READ``."""
    return HeldIssue(
        status=VoucherStatus(row["status"]),
        shown=row["shown_at"] is not None,
        ended=row["issue_ended_at"] is not None,
        replaces=row["replaces"],
    )
