"""Lend one item to one borrower."""

from __future__ import annotations

from datetime import datetime

from comptoir.core import audit, db, events
from comptoir.core.clock import localtime
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.lending import rules
from comptoir.lending.due_dates import opens_after
from comptoir.lending.errors import CheckOutRefused
from comptoir.lending.events import LoanOpened
from comptoir.lending.loans import contention, facts, outcomes
from comptoir.lending.loans.schemas import CheckOut, LoanView
from comptoir.lending.loans.unknown import refuse_unknown
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.rules import ReturnChoice
from comptoir.sites.calendars import calendar_of

_INSERT_LOAN = """
INSERT INTO lending_loan (id, item, borrower, category, site, return_site, visit, policy,
                          checked_out_at, due_at, renewals, taken_from, version)
VALUES (:loan_id, :item_id, :borrower_id, :category, :site_id, :return_site, :visit_id, :policy_id,
        :now, :due_at, 0, :taken_from, 1)
"""
_LEND_ITEM = """
UPDATE inventory_item SET status = 'on_loan', present_site = :site_id, version = version + 1
WHERE id = :item_id
"""
_COUNT_AGAIN = (
    f"SELECT {facts.OWN_LOANS.format(borrower=':borrower_id', category=':category')} AS own_loans, "
    f"{facts.HOUSEHOLD_LOANS.format(household=':household', category=':category')} "
    "AS household_loans"
)


async def check_out(actor: Principal, command: CheckOut, *, now: datetime) -> LoanView:
    """Lend one item to one borrower.

    Repeating ``command.attempt`` returns the first outcome. A refused attempt
    is recorded too.

    Raises:
        CheckOutRefused: a lending rule said no (``rules.check_out_due``), or no
            item or no live card has the code.
        IdempotencyKeyReused: the attempt's key came with another request before.
    """
    answer = await contention.settle(
        lambda patiently: _check_out(actor, command, patiently=patiently, now=now)
    )
    if isinstance(answer, Refusal):
        raise CheckOutRefused(answer)
    return answer


async def _check_out(
    actor: Principal, command: CheckOut, *, patiently: bool, now: datetime
) -> LoanView | Refusal:
    async with db.transaction():
        row = await _read(actor, command, patiently)
        first = await outcomes.first(actor, command.attempt, row, LoanView)
        if first is not None:
            return first
        if row is None:
            refusal = await refuse_unknown(command.item, command.card or "")
            await outcomes.record_refusal(actor, command.attempt, refusal, row, now=now)
            return refusal
        known = _facts(command, row, now)
        due = _decide(row, known, now)
        if isinstance(due, Refusal):
            await outcomes.record_refusal(actor, command.attempt, due, row, now=now)
            return due
        view = _view(row, known, due, now)
        await _write(actor, command, row, view, now)
        await events.publish(LoanOpened(loan_id=view.id, at=now))
        return view


async def _read(actor: Principal, command: CheckOut, patiently: bool) -> db.Row | None:
    by_card = command.borrower_id is None
    who = {"card": command.card} if by_card else {"borrower_id": command.borrower_id}
    return await contention.read_locked(
        facts.check_out_query(by_card=by_card),
        patiently=patiently,
        item=command.item,
        site_id=command.site_id or actor.site_id,
        return_site=command.return_site_id,
        visit_id=command.visit_id,
        **who,
        **facts.key_values(actor, command.attempt),
    )


def _decide(row: db.Row, known: rules.CheckOutFacts, now: datetime) -> datetime | Refusal:
    if row["card_revoked_at"] is not None:
        return Refusal(RefusalCode.CARD_REPLACED)
    return rules.check_out_due(known, now=now)


def _facts(command: CheckOut, row: db.Row, now: datetime) -> rules.CheckOutFacts:
    return rules.CheckOutFacts(
        item=facts.item_facts(row),
        borrower=facts.borrower_facts(row),
        policy=facts.policy_facts(row),
        calendar=calendar_of(row),
        return_choice=_return_choice(command, row),
        visit_is_theirs=command.visit_id is None
        or rules.is_visit_of(_visit(row), row["borrower_id"], row["site_id"], now=now),
    )


def _visit(row: db.Row) -> rules.VisitFacts | None:
    if row["visit_borrower"] is None:
        return None
    return rules.VisitFacts(
        borrower_id=row["visit_borrower"],
        site_id=row["visit_site"],
        opened_at=row["visit_opened_at"],
        closed_at=row["visit_closed_at"],
    )


def _return_choice(command: CheckOut, row: db.Row) -> ReturnChoice:
    """Where it is to be brought back. The read falls back on the desk where a site is unknown."""
    if command.return_site_id not in (None, row["return_site_id"]):
        return ReturnChoice.UNKNOWN
    if row["return_site_id"] == row["site_id"]:
        return ReturnChoice.HERE
    return ReturnChoice.ELSEWHERE if row["is_public"] else ReturnChoice.NOT_PUBLIC


def _view(row: db.Row, known: rules.CheckOutFacts, due: datetime, now: datetime) -> LoanView:
    return LoanView(
        id=new_id(),
        item=row["code"],
        model=row["short_name"],
        borrower_id=row["borrower_id"],
        site_id=row["site_id"],
        return_site_id=row["return_site_id"],
        place=row["place"],
        checked_out_at=now,
        due_at=due,
        due_local=localtime(due, row["time_zone"]),
        signature=rules.Signature(row["signature"]),
        cut_short=rules.is_cut_short(due, known, now=now),
        opens_local=opens_after(due, known.calendar),
    )


async def _write(
    actor: Principal, command: CheckOut, row: db.Row, view: LoanView, now: datetime
) -> None:
    if row["limit_household"] is not None and row["household"] is not None:
        await contention.lock_household(row)
    values = {
        "loan_id": view.id,
        "item_id": row["item_id"],
        "borrower_id": row["borrower_id"],
        "household": row["household"],
        "category": row["category"],
        "site_id": row["site_id"],
        "return_site": row["return_site_id"],
        "visit_id": command.visit_id,
        "policy_id": row["policy_id"],
        "taken_from": row["present_site"],
        "now": now,
        "due_at": view.due_at,
    }
    elsewhere = view.return_site_id != view.site_id
    trail = audit.values(
        actor,
        "loan.opened",
        "loan",
        view.id,
        now=now,
        related=(row["item_id"], row["borrower_id"]),
        site_id=row["site_id"],
        changes={"due_at": [None, view.due_at], "item": row["code"]}
        | ({"return_site": [None, view.return_site_id]} if elsewhere else {}),
    )
    writes = [(_INSERT_LOAN, values), (_LEND_ITEM, values), (audit.INSERT, trail)]
    if not row["known_here"]:
        writes.append((facts.KNOW_BORROWER, values | {"known_at": row["site_id"]}))
    if elsewhere:  # who waits for it there must be able to call its borrower
        writes.append((facts.KNOW_BORROWER, values | {"known_at": row["return_site_id"]}))
    writes += outcomes.remember(actor, command.attempt, view, now=now)
    limited = not (row["limit_person"] is row["limit_household"] is None)
    recount = limited and not db.writers_take_turns()  # somebody may have lent since the read
    counts = await db.write(*writes, answer=_COUNT_AGAIN if recount else "")
    # Fewer than at the read is no reason: somebody brought something back meanwhile.
    if recount and _refuse_limits(row | counts[0]):
        raise contention.FactsChanged


def _refuse_limits(row: db.Row) -> Refusal | None:
    policy = facts.policy_facts(row)
    return rules.refuse_limits(facts.borrower_facts(row), policy) if policy else None
