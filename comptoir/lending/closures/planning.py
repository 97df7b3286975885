"""Which due dates an announcement moves, or other hours of the week, and where to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.lending.closures.chains import Step, chain_to, resettled_due_at, undone_by
from comptoir.lending.due_dates import DueMode
from comptoir.sites import calendars
from comptoir.sites.calendar import (
    CalendarChange,
    DayException,
    HoursChange,
    PlaceChange,
    SiteCalendar,
    Withdrawal,
    around,
)
from comptoir.sites.opening_hours import END_OF_DAY, first_moment

_SITES = f"""
SELECT site.id AS site_id, site.name AS site_name, {calendars.COLUMNS} FROM sites_site site
WHERE site.id IN :sites ORDER BY site.name, site.id
"""
_DUE = """
SELECT loan.id AS loan_id, loan.item AS item_id, loan.due_at, loan.borrower AS borrower_id,
       borrower.name AS borrower, borrower.contact_kind, borrower.eligible_until, policy.mode,
       item.code, model.short_name
FROM lending_loan loan
JOIN lending_borrower borrower ON borrower.id = loan.borrower
JOIN inventory_item item ON item.id = loan.item
JOIN inventory_model model ON model.id = item.model
LEFT JOIN lending_policy policy ON policy.id = loan.policy
WHERE loan.return_site = :site_id AND loan.returned_at IS NULL AND loan.due_at > :since
"""
#: A loan that was moved may be due otherwise by whatever becomes of the calendar.
_NEAR = """
 AND (loan.due_at >= :first AND loan.due_at <= :until OR EXISTS (
    SELECT 1 FROM lending_due_date_move move
    WHERE move.loan = loan.id AND move.undone_at IS NULL))
"""
_STEPS = """
SELECT move.loan, move.id, move.batch, move.due_before AS before, move.due_after AS after
FROM lending_due_date_move move JOIN lending_loan loan ON loan.id = move.loan
WHERE loan.return_site = :site_id AND loan.returned_at IS NULL AND loan.due_at > :since
  AND move.undone_at IS NULL AND move.site = loan.return_site
ORDER BY move.id
"""
_ORDER = " ORDER BY loan.due_at, loan.id"


class LoanMove(msgspec.Struct, frozen=True, kw_only=True):
    """A loan, and its due date before and after, in UTC; ``after`` is None: it stays.

    ``undoes`` are the earlier moves that this one takes back, the first one first.
    """

    loan_id: UUID
    item_id: UUID
    code: str
    model: str
    borrower_id: UUID
    borrower: str
    contact_kind: str
    mode: DueMode
    before: datetime
    after: datetime | None
    undoes: tuple[Step, ...] = ()


class SiteMoves(msgspec.Struct, frozen=True):
    """The loans of one return site that are due before a shut door; those that stay, too.

    ``zone_after`` is its time zone afterwards; ``opens``: an open day is in sight then.
    """

    site_id: UUID
    name: str
    time_zone: str
    zone_after: str
    opens: bool
    moves: tuple[LoanMove, ...]
    kept: tuple[LoanMove, ...]


async def plan_moves(
    sites: Sequence[UUID], change: CalendarChange, *, now: datetime, lock: bool = False
) -> list[SiteMoves]:
    """What a change moves at each site, by name; it may have been made already, or not.

    With ``lock``, nobody else changes the loans before the transaction's end.
    """
    rows = await db.fetch(_SITES, sites=list(sites))
    return [await _at(row, change, now, lock) for row in rows]


async def plan_loan(site_id: UUID, loan_id: UUID, *, now: datetime) -> list[SiteMoves]:
    """What the calendar of a site moves of one open loan, whatever was changed in between.

    Nobody else changes the loan before the transaction's end.
    """
    rows = await db.fetch(_SITES, sites=[site_id])
    return [await _at(row, None, now, lock=True, loan_id=loan_id) for row in rows]


async def _at(
    site: db.Row,
    change: CalendarChange | None,
    now: datetime,
    lock: bool,
    loan_id: UUID | None = None,
) -> SiteMoves:
    before, after = calendars_of(site, change) if change else (None, calendars.calendar_of(site))
    rows = await _due(site["site_id"], after, change, now, lock, loan_id)
    steps = await _steps(site["site_id"], now)

    @cache  # many loans of a site are due at the same closing time
    def settled(
        mode: DueMode, due: datetime, firsts: tuple[datetime, ...], cap: date | None
    ) -> datetime | None:
        return resettled_due_at(mode, due, firsts, before, after, cap, now=now)

    moves, kept = [], []
    for row in rows:
        due = row["due_at"]
        chain = chain_to(due, steps.get(row["loan_id"], ()))
        if not chain and not _speaks_of(change, after.local_date(due)):
            continue
        firsts = tuple(
            step.before for step in chain if not _is_promised(change, step.before, after, now)
        )
        move = _move(row, settled, firsts)
        if move.after is not None:
            moves.append(msgspec.structs.replace(move, undoes=undone_by(move.after, chain)))
        elif before is not None and _is_kept(due, before, after):
            kept.append(move)
    return SiteMoves(
        site["site_id"],
        site["site_name"],
        (before or after).zone.key,
        after.zone.key,
        after.open_day_from(after.local_date(now)) is not None,
        tuple(moves),
        tuple(kept),
    )


async def _due(
    site_id: UUID,
    calendar: SiteCalendar,
    change: CalendarChange | None,
    now: datetime,
    lock: bool,
    loan_id: UUID | None,
) -> list[db.Row]:
    values: dict[str, object] = {"site_id": site_id, "since": now}
    query = _DUE
    days = _days(change)
    if days is not None and not days.yearly:
        query += _NEAR
        values["first"] = first_moment(days.first_day, 0, calendar.zone)
        values["until"] = first_moment(days.last_day, END_OF_DAY, calendar.zone)
    if loan_id is not None:
        query += " AND loan.id = :loan_id"
        values["loan_id"] = loan_id
    if not lock:
        return await db.fetch(query + _ORDER, **values)
    # Whatever locks several loans does so in the order of their ids, or two would wait for
    # each other.
    rows = await db.fetch(query + " ORDER BY loan.id" + db.for_update("loan"), **values)
    return sorted(rows, key=lambda row: (row["due_at"], row["loan_id"]))


async def _steps(site_id: UUID, now: datetime) -> defaultdict[UUID, list[Step]]:
    """By loan, the moves that stand, the first one first."""
    found: defaultdict[UUID, list[Step]] = defaultdict(list)
    for row in await db.fetch(_STEPS, site_id=site_id, since=now):
        found[row["loan"]].append(Step(row["id"], row["batch"], row["before"], row["after"]))
    return found


def _days(change: CalendarChange | None) -> DayException | None:
    """The days that a change speaks of; None: of all."""
    if isinstance(change, Withdrawal):
        return change.exception
    return change if isinstance(change, DayException) else None


def _speaks_of(change: CalendarChange | None, day: date) -> bool:
    days = _days(change)
    return days is None or days.covers(day)


def _is_promised(
    change: CalendarChange | None, due: datetime, calendar: SiteCalendar, now: datetime
) -> bool:
    """Whether what is withdrawn has begun: until then, the dates that it gave are promised."""
    if not isinstance(change, Withdrawal):
        return False
    begins = change.exception.begins(calendar.local_date(due))
    return begins is not None and begins <= calendar.local_date(now)


def calendars_of(site: db.Row, change: CalendarChange) -> tuple[SiteCalendar, SiteCalendar]:
    """The calendar of a row without the change, and with it; its exceptions have no reasons."""
    calendar = calendars.calendar_of(site)
    if isinstance(change, HoursChange | PlaceChange):
        return around(change, calendar)
    days = change.exception if isinstance(change, Withdrawal) else change
    announced = msgspec.structs.replace(days, reason="")
    others = tuple(each for each in calendar.exceptions if each != announced)
    without = replace(calendar, exceptions=others)
    with_it = without.with_exception(announced)
    return (with_it, without) if isinstance(change, Withdrawal) else (without, with_it)


def _move(
    row: db.Row,
    settled: Callable[[DueMode, datetime, tuple[datetime, ...], date | None], datetime | None],
    firsts: tuple[datetime, ...],
) -> LoanMove:
    mode = DueMode(row["mode"] or DueMode.CALENDAR_DAYS_NEXT_OPEN)
    due = row["due_at"]
    return LoanMove(
        loan_id=row["loan_id"],
        item_id=row["item_id"],
        code=row["code"],
        model=row["short_name"],
        borrower_id=row["borrower_id"],
        borrower=row["borrower"],
        contact_kind=row["contact_kind"],
        mode=mode,
        before=due,
        after=settled(mode, due, firsts, row["eligible_until"]),
    )


def _is_kept(due: datetime, before: SiteCalendar, after: SiteCalendar) -> bool:
    day: date = before.local_date(due)
    return before.is_open_day(day) and not after.is_open_day(day)
