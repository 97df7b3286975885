"""Let a borrower keep an item longer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from comptoir.core import audit, db, events
from comptoir.core.clock import localtime
from comptoir.core.principal import Principal
from comptoir.lending import rules
from comptoir.lending.due_dates import opens_after
from comptoir.lending.errors import LoanChanged, LoanNotFound, RenewalRefused
from comptoir.lending.events import LoanRenewed
from comptoir.lending.loans import contention, facts
from comptoir.lending.loans.schemas import LoanView
from comptoir.lending.refusals import Refusal, RefusalCode


async def renew_loan(
    actor: Principal,
    loan_id: UUID,
    *,
    seen: int | None = None,
    due_seen: datetime | None = None,
    version: int | None = None,
    now: datetime,
) -> LoanView:
    """Move a loan's due date as its policy grants.

    ``seen`` is the number of renewals the caller knew of: where there are more
    by now, a second tap gets the loan as it is instead of one renewal more.
    ``due_seen`` is the due date (UTC) that they knew of: a closure may have moved it, and
    then nobody has asked for a renewal from there.
    ``version`` is the one that a program has read.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
        LoanChanged: the loan is of another ``version`` by now.
        RenewalRefused: a rule said no (``rules.renewal_due``).
    """
    return await contention.settle(
        lambda _: _renew(actor, loan_id, seen=seen, due_seen=due_seen, version=version, now=now)
    )


async def _renew(
    actor: Principal,
    loan_id: UUID,
    *,
    seen: int | None,
    due_seen: datetime | None,
    version: int | None,
    now: datetime,
) -> LoanView:
    async with db.transaction():
        row = await db.fetch_one(facts.RENEWAL, loan_id=loan_id)
        if row is None or not _may_know(actor, row):
            raise LoanNotFound
        contention.need_same_hours(row)
        if seen is not None and seen != row["loan_renewals"]:
            return _view(loan_id, row, row["due_at"])
        if due_seen is not None and due_seen != row["due_at"] and not row["returned_at"]:
            raise RenewalRefused(Refusal(RefusalCode.DUE_DATE_MOVED))
        if version is not None and version != row["loan_version"]:
            raise LoanChanged
        known = facts.renewal_facts(row)
        due = rules.renewal_due(known, now=now)
        if isinstance(due, Refusal):
            raise RenewalRefused(due)
        await db.execute(
            "UPDATE lending_loan SET due_at = :due, renewals = renewals + 1, "
            "version = version + 1 WHERE id = :loan_id",
            due=due,
            loan_id=loan_id,
        )
        await audit.record(
            actor,
            "loan.renewed",
            "loan",
            loan_id,
            now=now,
            related=(row["item_id"], row["borrower_id"]),
            site_id=row["site_id"],
            changes={"due_at": [row["due_at"], due], "item": row["code"]},
        )
        await events.publish(LoanRenewed(loan_id=loan_id, at=now))
    view = _view(loan_id, row, due)
    return replace(
        view,
        renewals=view.renewals + 1,
        version=view.version + 1,
        cut_short=rules.is_cut_short(due, known, now=now),
        opens_local=opens_after(due, known.calendar),
    )


def _view(loan_id: UUID, row: db.Row, due: datetime) -> LoanView:
    return LoanView(
        id=loan_id,
        item=row["code"],
        model=row["short_name"],
        borrower_id=row["borrower_id"],
        site_id=row["loan_site"],
        return_site_id=row["site_id"],
        place=row["place"],
        checked_out_at=row["checked_out_at"],
        due_at=due,
        due_local=localtime(due, row["time_zone"]),
        renewals=row["loan_renewals"],
        version=row["loan_version"],
    )


def _may_know(actor: Principal, row: db.Row) -> bool:
    return actor.sees_site(row["loan_site"]) or actor.sees_site(row["site_id"])
