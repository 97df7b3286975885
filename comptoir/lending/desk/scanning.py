"""Do what a scan means, and say what was done."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import db, idempotency
from comptoir.core.idempotency import Attempt, Outcome
from comptoir.core.principal import Principal
from comptoir.inventory import codes
from comptoir.lending import scans
from comptoir.lending.agreed_loans import leaves_unsigned
from comptoir.lending.desk import visits
from comptoir.lending.desk.giving import give, given
from comptoir.lending.desk.keeping import kept_for_them, set_aside
from comptoir.lending.desk.naming import name_scan
from comptoir.lending.desk.schemas import DeskResult, DeskScan, Step, StepKind
from comptoir.lending.errors import LendingRefused
from comptoir.lending.loans import outcomes
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.schemas import CheckIn, CheckInView, CheckOut, LoanView
from comptoir.lending.refusals import Refusal
from comptoir.lending.vouchers.schemas import (
    IssueView,
    IssueVoucher,
    ReservationView,
    ReserveVoucher,
)


async def scan(actor: Principal, command: DeskScan, *, now: datetime) -> DeskResult:
    """Do what a scanned text means at this desk in this state (``scans.scan_meaning``).

    Rules that say no do not raise: their refusal is a step of the result.
    Repeating ``command.attempt`` gives the first outcome again.

    Raises:
        IdempotencyKeyReused: the attempt's key came with another scan before.
    """
    replayed = await _replayed(actor, command)
    if replayed is not None:
        return DeskResult(
            visit_id=command.visit_id, steps=(replayed,), waiting=command.waiting, at=now
        )
    named = await name_scan(command.text, now=now)
    visitor = await visits.borrower_of(actor, command.visit_id, now=now)
    visit_id = command.visit_id if visitor is not None else None
    if named is None:
        searched = Step(kind=StepKind.SEARCHED, text=command.text.strip())
        return DeskResult(visit_id=visit_id, steps=(searched,), waiting=command.waiting, at=now)
    state = scans.DeskState(command.site_id, visitor, command.waiting, command.sets_aside)
    return await _carry_out(actor, command, named, state, visit_id, now)


async def _carry_out(
    actor: Principal,
    command: DeskScan,
    named: scans.Named,
    state: scans.DeskState,
    visit_id: UUID | None,
    now: datetime,
) -> DeskResult:
    waiting = command.waiting
    match scans.scan_meaning(named, state, now=now):
        case scans.OpenVisit(borrower_id, lend):
            return await begin_visit(
                actor,
                borrower_id,
                command.site_id,
                lend=lend,
                by_card=True,
                attempt=command.attempt,
                now=now,
            )
        case scans.SwitchVisit(borrower_id):
            return await begin_visit(
                actor,
                borrower_id,
                command.site_id,
                by_card=True,
                instead_of=visit_id,
                now=now,
            )
        case scans.Lend(item_id, borrower_id):
            step = await _lend(actor, command, item_id, borrower_id, visit_id, now)
        case scans.TakeBack(item_id) | scans.FoundAgain(item_id):
            step = await _take_back(actor, command, item_id, now)
        case scans.AwaitCard(item_id):
            step = Step(kind=StepKind.AWAITING, item=await _code_of(item_id))
            others = tuple(item for item in waiting if item.item_id != item_id)
            waiting = (*others, scans.WaitingItem(item_id, now))
        case scans.GiveVoucher(voucher_id, borrower_id):
            gift = IssueVoucher(
                voucher_id=voucher_id,
                borrower_id=borrower_id,
                site_id=command.site_id,
                visit_id=visit_id,
                attempt=command.attempt,
            )
            step = await give(actor, gift, now=now)
        case scans.SetVoucherAside(voucher_id, borrower_id):
            wish = ReserveVoucher(
                voucher_id=voucher_id,
                borrower_id=borrower_id,
                site_id=command.site_id,
                attempt=command.attempt,
            )
            step = await set_aside(actor, wish, now=now)
        case scans.Refuse(refusal, whose):
            about = named.item.id if isinstance(named, scans.ItemNamed) else None
            await outcomes.record_unread(
                actor, command.attempt, refusal, item_id=about, site_id=command.site_id, now=now
            )
            code = await _code_of(about) if about else ""
            step = Step(kind=StepKind.REFUSED, refusal=refusal, item=code, borrower_id=whose)
        case scans.Ignore(refusal):
            about = named.item.id if isinstance(named, scans.ItemNamed) else None
            code = await _code_of(about) if about else ""
            step = Step(kind=StepKind.IGNORED, refusal=refusal, item=code)
    return DeskResult(visit_id=visit_id, steps=(step,), waiting=waiting, at=now)


async def begin_visit(
    actor: Principal,
    borrower_id: UUID,
    site_id: UUID,
    *,
    lend: tuple[UUID, ...] = (),
    by_card: bool = False,
    instead_of: UUID | None = None,
    attempt: Attempt | None = None,
    now: datetime,
) -> DeskResult:
    """Open a borrower's visit, and lend them what was scanned before their card.

    ``instead_of`` is the visit that was open at the desk: it ends, unless it is theirs.
    Repeating ``attempt`` gives the first outcome of each item again.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
    """
    visit_id = await visits.open_visit(
        actor, borrower_id, site_id=site_id, by_card=by_card, now=now
    )
    steps = [Step(kind=StepKind.OPENED)]
    if instead_of is not None and instead_of != visit_id:
        leaver = await leaves_unsigned(instead_of)
        if leaver is not None:
            left = Step(kind=StepKind.LEFT_UNSIGNED, text=str(instead_of), borrower_id=leaver)
            steps.insert(0, left)
        await visits.close_visit(actor, instead_of, now=now)
    for item_id in lend:
        order = CheckOut(
            item=await _code_of(item_id),
            borrower_id=borrower_id,
            site_id=site_id,
            visit_id=visit_id,
            attempt=_part_of(attempt, item_id),
        )
        steps.append(await _try_check_out(actor, order, now))
    return DeskResult(visit_id=visit_id, steps=tuple(steps), at=now)


def _part_of(attempt: Attempt | None, item_id: UUID) -> Attempt | None:
    """One scan of a card may lend several items, and each keeps an outcome of its own."""
    if attempt is None:
        return None
    key = idempotency.fingerprint(attempt.key, str(item_id))
    return msgspec.structs.replace(attempt, key=key)


async def _lend(
    actor: Principal,
    command: DeskScan,
    item_id: UUID,
    borrower_id: UUID,
    visit_id: UUID | None,
    now: datetime,
) -> Step:
    order = CheckOut(
        item=await _code_of(item_id),
        borrower_id=borrower_id,
        site_id=command.site_id,
        visit_id=visit_id,
        attempt=command.attempt,
    )
    return await _try_check_out(actor, order, now)


async def _try_check_out(actor: Principal, order: CheckOut, now: datetime) -> Step:
    try:
        loan = await check_out(actor, order, now=now)
    except LendingRefused as refused:
        return _refused(refused.refusal, order.item)
    return Step(kind=StepKind.LENT, loan=loan, item=loan.item)


async def _take_back(actor: Principal, command: DeskScan, item_id: UUID, now: datetime) -> Step:
    order = CheckIn(item=await _code_of(item_id), site_id=command.site_id, attempt=command.attempt)
    try:
        return taken_back(await check_in(actor, order, now=now))
    except LendingRefused as refused:
        return _refused(refused.refusal, order.item)


async def _replayed(actor: Principal, command: DeskScan) -> Step | None:
    if command.attempt is None:
        return None
    outcome = await idempotency.find(actor, command.attempt)
    if outcome is None:
        return None
    refusal = outcomes.refusal_of(outcome)
    if refusal is not None:
        return _refused(refusal, await _item_in(command.text))
    return await _done(outcome)


async def _done(outcome: Outcome) -> Step:
    """The step that did something; the shapes tell themselves apart."""
    kept = msgspec.json.decode(outcome.body)
    if "due_at" in kept:
        loan = msgspec.convert(kept, LoanView, strict=False)
        return Step(kind=StepKind.LENT, loan=loan, item=loan.item)
    if "reserved_until" in kept:
        return kept_for_them(msgspec.convert(kept, ReservationView, strict=False))
    if "voucher_id" in kept:
        return await given(msgspec.convert(kept, IssueView, strict=False))
    return taken_back(msgspec.convert(kept, CheckInView, strict=False))


def taken_back(view: CheckInView) -> Step:
    """The step that took an item back."""
    kind = StepKind.FOUND if view.found_again else StepKind.RETURNED
    return Step(kind=kind, check_in=view, item=view.item)


def _refused(refusal: Refusal, item: str = "") -> Step:
    return Step(kind=StepKind.REFUSED, refusal=refusal, item=item)


async def _item_in(text: str) -> str:
    code = codes.read(text) or ""
    row = await db.fetch_one("SELECT code FROM inventory_item WHERE code = :code", code=code)
    return row["code"] if row else ""


async def _code_of(item_id: UUID) -> str:
    row = await db.fetch_one("SELECT code FROM inventory_item WHERE id = :id", id=item_id)
    return row["code"] if row else ""
