"""What was done at this desk in the last minute, each with its way back.

The browser keeps the list (``kept``): the trail cannot say what one desk did, and must
not say what one person did.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_name
from comptoir.lending.desk.kept import Done, UndoKind
from comptoir.lending.desk.schemas import Step, StepKind
from comptoir.lending.desk.view import VisitView, names_of
from comptoir.lending.loans.last_steps import UNDO_TIME


class DoneLine(msgspec.Struct, frozen=True):
    """A ``Done`` for the screen: what was done with what, and whose loan it was, if one's.

    ``who`` is empty where the reader may not know of them. ``seconds`` are left to undo it.
    """

    kind: UndoKind
    id: UUID
    model: str
    code: str
    who: str
    seconds: int


def done_by(steps: Iterable[Step], *, now: datetime) -> tuple[Done, ...]:
    """What these steps did that can be undone."""
    return tuple(Done(kind, subject, now) for kind, subject in map(_way_back, steps) if subject)


async def handled_here(item: str, done: Iterable[Done], visit_id: UUID | None) -> bool:
    """Whether this desk lent the item or took it back, and no visit was opened since."""
    loans = [each.id for each in done if each.kind in (UndoKind.CHECK_OUT, UndoKind.CHECK_IN)]
    if not loans:
        return False
    rows = await db.fetch(
        "SELECT 1 FROM lending_loan loan JOIN inventory_item item ON item.id = loan.item "
        "WHERE item.code = :item AND loan.id IN :loans AND NOT EXISTS ("
        "SELECT 1 FROM lending_visit visit WHERE visit.id = :visit_id "
        "AND visit.opened_at > COALESCE(loan.returned_at, loan.checked_out_at))",
        item=item,
        loans=loans,
        visit_id=visit_id or UUID(int=0),
    )
    return bool(rows)


def _way_back(step: Step) -> tuple[UndoKind, UUID | None]:
    match step.kind:
        case StepKind.LENT if step.loan:
            return UndoKind.CHECK_OUT, step.loan.id
        case StepKind.RENEWED if step.loan:
            return UndoKind.RENEWAL, step.loan.id
        case StepKind.RETURNED | StepKind.FOUND if step.check_in and step.check_in.loan_id:
            return UndoKind.CHECK_IN, step.check_in.loan_id
        case StepKind.FOUND if step.check_in:
            return UndoKind.FOUND, step.check_in.item_id
        case StepKind.SET_ASIDE:
            return UndoKind.PROBLEM, step.problem
        case StepKind.GIVEN if step.issue and not step.shown and not step.issue.replaces:
            return UndoKind.VOUCHER, step.issue.id
        case StepKind.RESERVED if step.reservation:
            return UndoKind.RESERVATION, step.reservation.voucher_id
        case StepKind.BROUGHT:
            return UndoKind.BROUGHT, step.problem
    return UndoKind.CHECK_OUT, None


_LOANS = """
SELECT loan.id, loan.borrower, loan.site, loan.returned_site, loan.returned_at, loan.undone_at,
       item.code, model.short_name
FROM lending_loan loan JOIN inventory_item item ON item.id = loan.item
JOIN inventory_model model ON model.id = item.model WHERE loan.id IN :ids
"""
_PROBLEMS = """
SELECT problem.id, item.present_site, item.home_site, item.code, model.short_name
FROM inventory_item_problem problem JOIN inventory_item item ON item.id = problem.item
JOIN inventory_model model ON model.id = item.model
WHERE problem.id IN :ids AND problem.resolved_at IS NULL
"""
_BROUGHT = """
SELECT problem.id, item.present_site, item.home_site, item.code, model.short_name, loan.borrower
FROM inventory_item_problem problem JOIN inventory_item item ON item.id = problem.item
JOIN inventory_model model ON model.id = item.model
JOIN lending_loan loan ON loan.id = problem.loan_id
WHERE problem.id IN :ids AND problem.resolved_at IS NOT NULL
"""
_ITEMS = """
SELECT item.id, item.present_site, item.home_site, item.code, model.short_name
FROM inventory_item item JOIN inventory_model model ON model.id = item.model
WHERE item.id IN :ids AND item.status = 'to_check'
"""
_ISSUES = """
SELECT issue.id, issue.site, issue.borrower, issue.shown_at, issue.ended_at, kind.names,
       voucher.hint AS code
FROM lending_voucher_issue issue
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
WHERE issue.id IN :ids
"""
_RESERVATIONS = """
SELECT voucher.id, voucher.site, reserved.borrower, kind.names, voucher.hint AS code
FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
JOIN lending_voucher_reservation reserved ON reserved.voucher = voucher.id
WHERE voucher.id IN :ids AND voucher.status = 'reserved'
"""
_READS = {
    UndoKind.PROBLEM: _PROBLEMS,
    UndoKind.BROUGHT: _BROUGHT,
    UndoKind.FOUND: _ITEMS,
    UndoKind.VOUCHER: _ISSUES,
    UndoKind.RESERVATION: _RESERVATIONS,
}


async def read_recent(
    actor: Principal, recent: tuple[Done, ...], visit: VisitView | None = None, *, now: datetime
) -> list[DoneLine]:
    """What of it still stands, newest first, in one statement for each table it names.

    With whose it is: a wrong tap would undo what was done for the person before. In a
    visit, what is of that person alone: the screen may be turned to them. The rest is
    there again when the visit ends.
    """
    rows: dict[tuple[str, UUID], db.Row] = {}
    for read in {_READS.get(done.kind, _LOANS) for done in recent}:
        ids = [done.id for done in recent if _READS.get(done.kind, _LOANS) == read]
        rows |= {(read, row["id"]): row for row in await db.fetch(read, ids=ids)}
    people = {row["borrower"] for row in rows.values() if "borrower" in row}
    names = await names_of(actor, people)
    lines = []
    for done in reversed(recent):
        row = rows.get((_READS.get(done.kind, _LOANS), done.id))
        if row is not None and _is_shown(actor, done, row, visit):
            left = int((done.at + UNDO_TIME - now).total_seconds())
            who = names.get(row["borrower"], "") if "borrower" in row else ""
            what = row["short_name"] if "short_name" in row else read_name(row["names"])
            line = DoneLine(done.kind, done.id, what, row["code"], who, left)
            lines.append(line)
    return lines


def _is_shown(actor: Principal, done: Done, row: db.Row, visit: VisitView | None) -> bool:
    return _stands(done.kind, row) and _may_know(actor, row) and _is_of(visit, done, row)


def _is_of(visit: VisitView | None, done: Done, row: db.Row) -> bool:
    """Whether it concerns the person of the visit; a report names nobody, its time tells."""
    if visit is None:
        return True
    if "borrower" in row:
        return bool(row["borrower"] == visit.borrower_id)
    return done.at >= visit.opened_at


def _stands(kind: UndoKind, row: db.Row) -> bool:
    match kind:
        case UndoKind.CHECK_OUT | UndoKind.RENEWAL:
            return row["returned_at"] is None
        case UndoKind.VOUCHER:
            return row["shown_at"] is None and row["ended_at"] is None
        case UndoKind.CHECK_IN:
            return row["returned_at"] is not None and row["undone_at"] is None
    return True


def _may_know(actor: Principal, row: db.Row) -> bool:
    sites = ("site", "returned_site", "present_site", "home_site")
    return any(actor.sees_site(row[name]) for name in sites if row.get(name))
