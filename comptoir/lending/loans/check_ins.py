"""Take one item back."""

from __future__ import annotations

from datetime import datetime

from comptoir.core import audit, db, events
from comptoir.core.principal import Principal
from comptoir.inventory.statuses import GONE, ItemStatus
from comptoir.lending import due_dates, rules
from comptoir.lending.errors import CheckInRefused
from comptoir.lending.events import LoanClosed
from comptoir.lending.loans import contention, facts, outcomes
from comptoir.lending.loans.schemas import CheckIn, CheckInView
from comptoir.lending.loans.unknown import refuse_unknown
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.sites.calendars import calendar_of

_CLOSE_LOAN = """
UPDATE lending_loan SET returned_at = :now, returned_site = :site_id, version = version + 1
WHERE id = :loan_id
"""
_RECEIVE_ITEM = """
UPDATE inventory_item SET status = :status, present_site = :site_id, version = version + 1
WHERE id = :item_id
"""

_NOT_ON_LOAN = Refusal(RefusalCode.ITEM_NOT_ON_LOAN)


async def check_in(actor: Principal, command: CheckIn, *, now: datetime) -> CheckInView:
    """Take one item back at a site, whoever brings it.

    A lost or stolen item is found again by it, with or without a loan, and has
    to be checked. Repeating ``command.attempt`` returns the first outcome.

    Raises:
        CheckInRefused: the item is not on loan, with what its status says if it
            is not free, as at the desk; or nothing has that code.
        IdempotencyKeyReused: the attempt's key came with another request before.
    """
    answer = await contention.settle(
        lambda patiently: _check_in(actor, command, patiently=patiently, now=now)
    )
    if isinstance(answer, Refusal):
        raise CheckInRefused(answer)
    return answer


async def _check_in(
    actor: Principal, command: CheckIn, *, patiently: bool, now: datetime
) -> CheckInView | Refusal:
    async with db.transaction():
        row = await contention.read_locked(
            facts.CHECK_IN,
            patiently=patiently,
            item=command.item,
            site_id=command.site_id or actor.site_id,
            **facts.key_values(actor, command.attempt),
        )
        first = await outcomes.first(actor, command.attempt, row, CheckInView)
        if first is not None:
            return first
        if row is None:
            refusal = await refuse_unknown(command.item)
            await outcomes.record_refusal(actor, command.attempt, refusal, row, now=now)
            return refusal
        if row["loan_id"] is None and ItemStatus(row["status"]) not in GONE:
            refusal = rules.refuse_item(facts.item_facts(row)) or _NOT_ON_LOAN
            await outcomes.record_refusal(actor, command.attempt, refusal, row, now=now)
            return refusal
        view = _view(row, now)
        await _write(actor, command, row, view, now)
        if view.loan_id is not None:
            await events.publish(LoanClosed(loan_id=view.loan_id, at=now))
        return view


def _view(row: db.Row, now: datetime) -> CheckInView:
    found_again = ItemStatus(row["status"]) in GONE
    set_aside = found_again or row["problem_kinds"]
    late, expected = 0, None
    if row["loan_id"] is not None:
        late = due_dates.overdue_days(row["due_at"], calendar_of(row), now=now)
        expected = rules.expected_elsewhere(
            row["site_id"],
            lent_at=row["loan_site"],
            return_site=row["loan_return_site"],
            # Of a policy that was removed since nothing is left to say no.
            returns_elsewhere=row["returns_elsewhere"] is None or bool(row["returns_elsewhere"]),
        )
    return CheckInView(
        item=row["code"],
        model=row["short_name"],
        item_id=row["item_id"],
        loan_id=row["loan_id"],
        borrower_id=row["loan_borrower"],
        status=ItemStatus.TO_CHECK if set_aside else ItemStatus.AVAILABLE,
        found_again=found_again,
        checked_out_at=row["checked_out_at"],
        returned_at=now,
        late_days=late,
        transfer_to=rules.send_on(row["site_id"], home=row["home_site"], expected=expected),
        expected_at=expected,
        expected_place=row["place"] if expected else "",
    )


async def _write(
    actor: Principal, command: CheckIn, row: db.Row, view: CheckInView, now: datetime
) -> None:
    values = {
        "loan_id": view.loan_id,
        "item_id": view.item_id,
        "site_id": row["site_id"],
        "status": view.status,
        "now": now,
    }
    on_loan = view.loan_id is not None
    changes = {"status": [row["status"], view.status], "item": view.item}
    if not on_loan:
        changes["present_site"] = [str(row["present_site"]), str(row["site_id"])]
    trail = audit.values(
        actor,
        "loan.closed" if on_loan else "item.found",
        "loan" if on_loan else "item",
        view.loan_id if on_loan else view.item_id,
        now=now,
        related=(view.item_id, view.borrower_id) if on_loan else (),
        site_id=row["site_id"],
        changes=changes,
    )
    writes = [(_RECEIVE_ITEM, values), (audit.INSERT, trail)]
    if on_loan:
        writes.append((_CLOSE_LOAN, values))
    writes += outcomes.remember(actor, command.attempt, view, now=now)
    await db.write(*writes)
