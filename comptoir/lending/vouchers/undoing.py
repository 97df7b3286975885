"""Take a voucher back that was given a moment ago, and whose code nobody has seen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db, events
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_name, read_names
from comptoir.inventory.vouchers import taking
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.lending.errors import UndoRefused, VoucherIssueNotFound
from comptoir.lending.events import VoucherIssueUndone
from comptoir.lending.loans.last_steps import need_time, overtaken
from comptoir.lending.refusals import Refusal, RefusalCode

_READ = """
SELECT issue.id, issue.voucher, issue.borrower, issue.loan, issue.site, issue.issued_at,
       issue.shown_at, issue.ended_at, issue.granted_at, voucher.status, kind.names
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
WHERE issue.id = :issue_id
""" + db.for_update("issue, voucher")
_END = "UPDATE lending_voucher_issue SET ended_at = :now WHERE id = :issue_id"


async def undo_issue(actor: Principal, issue_id: UUID, *, now: datetime) -> str:
    """A voucher lies in the stock again as if it had never been given; give its kind's name.

    Raises:
        VoucherIssueNotFound: there is none, or it is of a site the actor may not know of.
        UndoRefused: its code was shown, it was given longer ago than ``UNDO_TIME``, or
            something has happened to it since; or it took the place of one that did not
            work, which cannot come back to life.
    """
    async with db.transaction():
        row = await db.fetch_one(_READ, issue_id=issue_id)
        if row is None or not actor.sees_site(row["site"]):
            raise VoucherIssueNotFound
        need_time(row["issued_at"], now)
        replaces = row["granted_at"] is not None
        if replaces or row["ended_at"] is not None or row["status"] != VoucherStatus.ISSUED:
            raise overtaken()
        if row["shown_at"] is not None:
            raise UndoRefused(Refusal(RefusalCode.VOUCHER_SHOWN))
        values = {"issue_id": issue_id, "voucher_id": row["voucher"], "now": now}
        trail = audit.values(
            actor,
            "voucher.issue_undone",
            "voucher",
            row["voucher"],
            now=now,
            related=(row["borrower"], row["loan"]),
            site_id=row["site"],
            changes={
                "kind": read_names(row["names"]),
                "status": [row["status"], VoucherStatus.AVAILABLE.value],
            },
        )
        await db.write((_END, values), (taking.PUT_BACK, values), (audit.INSERT, trail))
        await events.publish(VoucherIssueUndone(issue_id, now))
    return read_name(row["names"])
