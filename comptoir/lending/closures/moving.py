"""Move due dates when a closure is announced, and back when it is withdrawn in time.

Other hours of the week move them likewise, both ways. All run inside the transaction of
the announcement, which has locked the sites: a
check-out or a renewal there waits, and then decides by the new calendar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from comptoir.core import audit, db, events
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.lending.closures import announcements
from comptoir.lending.closures.causes import MoveCause, cause_of_place
from comptoir.lending.closures.planning import LoanMove, SiteMoves, plan_moves
from comptoir.lending.closures.told import moment_to_undo
from comptoir.lending.events import BorrowerDueDatesMoved, DueDateMoved
from comptoir.sites.calendar import Withdrawal
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.events import (
    ExceptionsAnnounced,
    ExceptionWithdrawn,
    HoursChanged,
    PlaceChanged,
)

Piece = TypeVar("Piece")

_AT_ONCE = 500
_SET_DUE = "UPDATE lending_loan SET due_at = :due, version = version + 1 WHERE id IN :loans"
_KEEP = """
INSERT INTO lending_due_date_move (id, batch, exception, site, loan, borrower, due_before,
                                   due_after, moved_at, cause)
VALUES (:id, :batch, :exception, :site, :loan, :borrower, :due_before, :due_after, :now, :cause)
"""
_UNDONE = "UPDATE lending_due_date_move SET undone_at = :now WHERE id IN :moves"


class _Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A due date that changes now, whichever way."""

    loan: UUID
    item: UUID
    code: str
    borrower: UUID
    site: UUID
    batch: UUID
    before: datetime
    after: datetime


async def move_due_dates(event: ExceptionsAnnounced) -> None:
    """Move what is due before a door that will be shut, and say so: see ``due_dates``."""
    sites = await plan_moves(sorted(event.ids), event.exception, now=event.at, lock=True)
    await carry_out(
        event.actor, event.batch, sites, event.ids, cause=MoveCause.CLOSURE, now=event.at
    )


async def move_by_hours(event: HoursChanged | PlaceChanged) -> None:
    """The same for other hours of the week; what they open again is due as it was.

    Another time zone or region shuts the door at other moments, as other hours do.
    """
    sites = await plan_moves([event.site], event.change, now=event.at, lock=True)
    cause = (
        MoveCause.WEEKLY_HOURS if isinstance(event, HoursChanged) else cause_of_place(event.change)
    )
    origins = {event.site: event.batch}
    await carry_out(event.actor, event.batch, sites, origins, cause=cause, now=event.at)


async def move_by_withdrawal(event: ExceptionWithdrawn) -> None:
    """Settle what an exception has moved, or what is due in hours that it had opened.

    Where its days have begun, loans stay as it moved them. What is due elsewhere now is due
    by the hours that apply again, as after a change of hours.
    """
    site = event.exception.site
    change = Withdrawal(event.exception.exception())
    sites = await plan_moves([site], change, now=event.at, lock=True)
    batch = new_id()
    await carry_out(
        event.actor, batch, sites, {site: batch}, cause=MoveCause.WITHDRAWAL, now=event.at
    )


async def carry_out(
    actor: Principal,
    batch: UUID,
    sites: Sequence[SiteMoves],
    origins: Mapping[UUID, UUID],
    *,
    cause: MoveCause,
    now: datetime,
) -> None:
    """Carry out a plan; ``origins`` has the exception of each site, or the change of its hours."""
    moves = [(site.site_id, move) for site in sites for move in site.moves]
    onward = [_moved(site_id, batch, move) for site_id, move in moves if not move.undoes]
    back = [_moved(site_id, batch, move) for site_id, move in moves if move.undoes]
    undone = [(move.loan_id, each.id) for _, move in moves for each in move.undoes]
    for some in _pieces(undone):
        at = await moment_to_undo({loan for loan, _ in some}, now=now)
        await db.execute(_UNDONE, now=at, moves=[move for _, move in some])
    await db.insert_many(
        _KEEP,
        [
            {
                "id": new_id(),
                "batch": batch,
                "exception": origins[each.site],
                "site": each.site,
                "loan": each.loan,
                "borrower": each.borrower,
                "due_before": each.before,
                "due_after": each.after,
                "cause": cause.value,
                "now": now,
            }
            for each in onward
        ],
    )
    await _set(actor, back, cause, undone=True, now=now)
    await _set(actor, onward, cause, undone=False, now=now)


def _moved(site_id: UUID, batch: UUID, move: LoanMove) -> _Moved:
    if move.after is None:
        raise ValueError("this loan stays as it is")
    return _Moved(
        loan=move.loan_id,
        item=move.item_id,
        code=move.code,
        borrower=move.borrower_id,
        site=site_id,
        batch=move.undoes[-1].batch if move.undoes else batch,
        before=move.before,
        after=move.after,
    )


async def _set(
    actor: Principal, moved: Sequence[_Moved], cause: MoveCause, *, undone: bool, now: datetime
) -> None:
    by_due: defaultdict[datetime, list[UUID]] = defaultdict(list)
    by_borrower: defaultdict[tuple[UUID, UUID], list[UUID]] = defaultdict(list)
    for each in moved:
        by_due[each.after].append(each.loan)
        by_borrower[each.borrower, each.batch].append(each.loan)
    for due, loans in by_due.items():
        for some in _pieces(loans):
            await db.execute(_SET_DUE, due=due, loans=some)
    action = "loan.due_date_restored" if undone else "loan.due_date_moved"
    await audit.record_many([_told(actor, action, each, cause, now) for each in moved])
    for each in moved:
        await events.publish(
            DueDateMoved(
                each.loan,
                each.borrower,
                each.batch,
                each.before,
                each.after,
                cause,
                undone,
                now,
            )
        )
    for (borrower, batch), loans in by_borrower.items():
        await events.publish(
            BorrowerDueDatesMoved(borrower, batch, tuple(loans), cause, undone, now)
        )


def _told(
    actor: Principal, action: str, moved: _Moved, cause: MoveCause, now: datetime
) -> dict[str, Any]:
    return audit.values(
        actor,
        action,
        "loan",
        moved.loan,
        now=now,
        related=(moved.item, moved.borrower),
        site_id=moved.site,
        changes={
            "due_at": [moved.before, moved.after],
            "item": moved.code,
            "cause": cause.value,
        },
    )


def _pieces(several: list[Piece]) -> Iterable[list[Piece]]:
    return (several[first : first + _AT_ONCE] for first in range(0, len(several), _AT_ONCE))


def register() -> None:
    """Listen to what sites announce, and to their hours."""
    events.subscribe(ExceptionsAnnounced, move_due_dates)
    events.subscribe(ExceptionWithdrawn, move_by_withdrawal)
    events.subscribe(HoursChanged, move_by_hours)
    events.subscribe(PlaceChanged, move_by_hours)
    consequences.register_outcome(announcements.outcome)
