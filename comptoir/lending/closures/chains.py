"""The moves of a loan are a chain from the date that its lending rule, or a renewal, gave.

Whatever changes the calendar, the due date is settled anew from the first date of the
chain. So the order in which closures and hours are changed and taken back does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from comptoir.lending.due_dates import DueMode, is_open_until, moved_due_at, settled_due_at
from comptoir.sites.opening_hours import Calendar


class Step(msgspec.Struct, frozen=True):
    """A move that stands, of an announcement or of other hours (``batch``)."""

    id: UUID
    batch: UUID
    before: datetime
    after: datetime


def chain_to(present: datetime, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Those of a loan's steps that lead to its present due date; the first one first.

    ``steps`` are in the order in which they were made. A renewal since, or before, breaks
    the chain: the date that it gave is where a new one begins.
    """
    chain: list[Step] = []
    for step in reversed(steps):
        if step.after != present:
            break
        chain.insert(0, step)
        present = step.before
    return tuple(chain)


def resettled_due_at(
    mode: DueMode,
    present: datetime,
    firsts: Sequence[datetime],
    before: Calendar | None,
    after: Calendar,
    cap: date | None = None,
    *,
    now: datetime,
) -> datetime | None:
    """Where a loan is due by the calendar ``after``; None: it stays.

    ``firsts`` are the dates of its chain before ``present``. It is settled from the first
    one, or from the one after where that would make it earlier than it is, today or before:
    nobody is to bring something back before they could know. ``before`` is the calendar
    until now: where nothing has moved the loan yet, only what that had open can move it.
    None: it is not known, as the loan was not open in between.
    """
    for first in firsts:
        due = settled_due_at(mode, first, after, cap, now=now)
        late = due < present and after.local_date(due) <= after.local_date(now)
        if not late and is_open_until(due, after):
            return None if due == present else due
    if before is not None and not firsts:
        return moved_due_at(mode, present, before, after, cap, now=now)
    due = settled_due_at(mode, present, after, cap, now=now)
    return None if due == present else due


def undone_by(due: datetime, chain: Sequence[Step]) -> tuple[Step, ...]:
    """The last steps of a chain that have no effect any more when a loan is due then."""
    places = (place for place, step in enumerate(chain) if step.before == due)
    first = next(places, None)
    return () if first is None else tuple(chain[first:])
