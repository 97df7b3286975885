"""Give another voucher for one that does not work: to the same person, at once.

The first one is void for good and stays in all counts, as what it cost was spent. The other
one counts to the limits as if it had been given when the first was.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db, events
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers import actions, taking
from comptoir.inventory.vouchers.statuses import Medium, VoucherStatus
from comptoir.inventory.vouchers.taking import Taken
from comptoir.lending.errors import IssueRefused, VoucherIssueNotFound
from comptoir.lending.events import VoucherIssued
from comptoir.lending.loans import outcomes
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.vouchers.returning import END, READ, held_issue
from comptoir.lending.vouchers.rules import refuse_replacing
from comptoir.lending.vouchers.schemas import IssueView, ReplaceVoucher
from comptoir.lending.vouchers.showing import is_here
from comptoir.sites.errors import SiteNotFound

# In the order of ``issuing``: first the person, then vouchers.
_LOCK_PERSON = """
SELECT borrower.id FROM lending_borrower borrower
JOIN lending_voucher_issue issue ON issue.borrower = borrower.id
WHERE issue.id = :issue_id
""" + db.for_update("borrower")
_INSERT = """
INSERT INTO lending_voucher_issue (id, voucher, kind, borrower, site, visit, loan,
                                   override_reason, issued_at, granted_at)
VALUES (:new_issue_id, :voucher_id, :kind_id, :borrower_id, :site_id,
        (SELECT visit.id FROM lending_visit visit
         WHERE visit.id = CAST(:visit_id AS uuid) AND visit.borrower = :borrower_id
           AND visit.closed_at IS NULL),
        :loan_id, '', :now, :granted_at)
"""
_SHARE = """
INSERT INTO lending_voucher_share (issue, borrower)
SELECT CAST(:new_issue_id AS uuid), share.borrower FROM lending_voucher_share share
WHERE share.issue = :issue_id
"""


async def replace_voucher(actor: Principal, command: ReplaceVoucher, *, now: datetime) -> IssueView:
    """Give the next of the same kind for one that is faulty; nobody has seen its code by that.

    Repeating ``command.attempt`` returns the first outcome. A refused attempt is recorded, and
    changes nothing else.

    Raises:
        VoucherIssueNotFound: there is none, or the actor may not know of it.
        SiteNotFound: the actor may not know of the site.
        IssueRefused: a rule said no (``rules.refuse_replacing``), or none is left.
        IdempotencyKeyReused: the attempt's key came with another request before.
    """
    answer = await _replace(actor, command, now=now)
    if isinstance(answer, Refusal):
        raise IssueRefused(answer)
    return answer


async def _replace(
    actor: Principal, command: ReplaceVoucher, *, now: datetime
) -> IssueView | Refusal:
    async with db.transaction():
        await db.fetch(_LOCK_PERSON, issue_id=command.issue_id)
        first = await outcomes.first(actor, command.attempt, None, IssueView)
        if first is not None:
            return first
        row = await db.fetch_one(READ, issue_id=command.issue_id)
        if row is None or not await _may_know(actor, row, now):
            raise VoucherIssueNotFound
        site_id = command.site_id or actor.site_id or row["given_at_site"]
        if not actor.sees_site(site_id):
            raise SiteNotFound
        coordinator = actor.has_role(Role.COORDINATOR, site_id)
        refusal = refuse_replacing(held_issue(row), coordinator=coordinator)
        found = refusal or await _choose(row, site_id, now)
        if isinstance(found, Refusal):
            await _record_refusal(actor, command, found, row, site_id, now=now)
            return found
        view = _view(row, found, site_id, now)
        await _write(actor, command, row, view, now=now)
        await events.publish(VoucherIssued(view.id, view.voucher_id, view.borrower_id, now))
        return view


async def _may_know(actor: Principal, row: db.Row, now: datetime) -> bool:
    """Whether it is of a site of the actor's, or of whoever stands at their desk."""
    return actor.sees_site(row["site"]) or await is_here(actor, row["id"], now)


async def _choose(row: db.Row, site_id: UUID, now: datetime) -> Taken | Refusal:
    taken = await taking.choose(
        site_id=site_id, kind_id=row["kind"], time_zone=row["time_zone"], now=now
    )
    if taken is None:
        return Refusal(RefusalCode.VOUCHER_NONE_LEFT)
    taken.need_key()
    return taken


def _view(row: db.Row, taken: Taken, site_id: UUID, now: datetime) -> IssueView:
    return IssueView(
        id=new_id(),
        voucher_id=taken.id,
        kind_id=taken.kind_id,
        names=read_names(row["names"]),
        medium=Medium(row["medium"]),
        hint=taken.hint,
        borrower_id=row["borrower"],
        site_id=site_id,
        loan_id=row["loan"],
        issued_at=now,
        activate_by=taken.activate_by,
        replaces=row["issue_id"],
    )


async def _write(
    actor: Principal, command: ReplaceVoucher, row: db.Row, view: IssueView, *, now: datetime
) -> None:
    related = (view.borrower_id, view.loan_id)
    await actions.void_for_another(actor, row, view.voucher_id, now=now, related=related)
    values = {
        "issue_id": row["issue_id"],
        "new_issue_id": view.id,
        "voucher_id": view.voucher_id,
        "kind_id": view.kind_id,
        "borrower_id": view.borrower_id,
        "site_id": view.site_id,
        "visit_id": command.visit_id,
        "loan_id": view.loan_id,
        "granted_at": row["granted_at"],
        "now": now,
    }
    trail = audit.values(
        actor,
        "voucher.issued",
        "voucher",
        view.voucher_id,
        now=now,
        related=(*related, row["id"]),
        site_id=view.site_id,
        changes={
            "kind": view.names,
            "status": [VoucherStatus.AVAILABLE.value, VoucherStatus.ISSUED.value],
            "replaces": [None, str(row["id"])],
        },
    )
    await db.write(
        (END, values),
        (_INSERT, values),
        (_SHARE, values),
        (taking.ISSUE, values),
        (audit.INSERT, trail),
        *outcomes.remember(actor, command.attempt, view, now=now),
    )


async def _record_refusal(
    actor: Principal,
    command: ReplaceVoucher,
    refusal: Refusal,
    row: db.Row,
    site_id: UUID,
    *,
    now: datetime,
) -> None:
    trail = audit.values(
        actor,
        "voucher.refused",
        "voucher",
        row["id"],
        now=now,
        related=(row["borrower"],),
        site_id=site_id,
        changes={"code": str(refusal.code), "kind": read_names(row["names"])},
    )
    kept = outcomes.remember_refusal(actor, command.attempt, refusal, now=now)
    await db.write((audit.INSERT, trail), *kept)
