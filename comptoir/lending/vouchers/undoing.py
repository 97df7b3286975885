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
from comptoir.lending.vouchers.reserving import SET_ASIDE, is_aside_for

_READ = """
SELECT issue.id, issue.voucher, issue.borrower, issue.loan, issue.site, issue.issued_at,
       issue.shown_at, issue.ended_at, issue.granted_at, issue.kind, voucher.status, kind.names
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
WHERE issue.id = :issue_id
""" + db.for_update("issue, voucher")
#: As where one is given: the person's row before the voucher's.
_LOCK_PERSON = """
SELECT id FROM lending_borrower
WHERE id = (SELECT borrower FROM lending_voucher_issue WHERE id = :issue_id)
""" + db.for_update("lending_borrower")
_END = "UPDATE lending_voucher_issue SET ended_at = :now WHERE id = :issue_id"
#: It was set aside for its person, and is again.
_PUT_ASIDE = """
UPDATE inventory_voucher
SET status = 'reserved', reserved_until = :until, issued_at = NULL, version = version + 1
WHERE id = :voucher_id
"""
#: More than happens to a voucher in a minute.
_LAST_STEPS = 10


async def undo_issue(actor: Principal, issue_id: UUID, *, now: datetime) -> str:
    """A voucher lies as if it had never been given; give its kind's name.

    In the drawer, or set aside for its person if it was, and no other of the kind is by now.

    Raises:
        VoucherIssueNotFound: there is none, or it is of a site the actor may not know of.
        UndoRefused: its code was shown, it was given longer ago than ``UNDO_TIME``, or
            something has happened to it since; or it took the place of one that did not
            work, which cannot come back to life.
    """
    async with db.transaction():
        await db.fetch(_LOCK_PERSON, issue_id=issue_id)
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
        until = await was_aside_until(row["voucher"]) if row["borrower"] else None
        whose = {"borrower_id": row["borrower"], "kind_id": row["kind"]}
        is_aside = until is not None and now < until and not await is_aside_for(**whose)
        after = VoucherStatus.RESERVED if is_aside else VoucherStatus.AVAILABLE
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
                "status": [row["status"], after.value],
            },
        )
        writes = [(_END, values), (audit.INSERT, trail)]
        if is_aside:
            aside = values | whose | {"until": until}
            writes += [(_PUT_ASIDE, aside), (SET_ASIDE, aside)]
        else:
            writes.append((taking.PUT_BACK, values))
        await db.write(*writes)
        await events.publish(VoucherIssueUndone(issue_id, now))
    return read_name(row["names"])


async def was_aside_until(voucher_id: UUID) -> datetime | None:
    """Until when a voucher was set aside that was given last: its audit row says it."""
    happened = await audit.timeline(voucher_id, limit=_LAST_STEPS)
    given = next((entry for _, entry in happened if entry.action == "voucher.issued"), None)
    before = given.changes.get("reserved_until") if given else None
    return datetime.fromisoformat(before[0]) if isinstance(before, list) and before[0] else None
