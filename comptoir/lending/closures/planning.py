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
from comptoir.lending.due_dates import DueMode, moved_due_at, taken_back_due_at
from comptoir.sites import calendars
from comptoir.sites.calendar import DayException, ExceptionKind, HoursChange, SiteCalendar
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
_BY_HOURS = """
SELECT move.id, move.loan, move.due_before, move.due_after
FROM lending_due_date_move move JOIN lending_loan loan ON loan.id = move.loan
WHERE move.site = :site_id AND move.by_hours = :yes AND move.undone_at IS NULL
  AND loan.returned_at IS NULL
ORDER BY move.id
"""
_ORDER = " ORDER BY loan.due_at, loan.id"


class LoanMove(msgspec.Struct, frozen=True, kw_only=True):
    """A loan, and its due date before and after, in UTC; ``after`` is None: it stays.

    ``undoes`` are the moves by earlier hours that this one takes back.
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
    undoes: tuple[UUID, ...] = ()


class SiteMoves(msgspec.Struct, frozen=True):
    """The loans of one return site that are due before a shut door; those that stay, too."""

    site_id: UUID
    name: str
    time_zone: str
    moves: tuple[LoanMove, ...]
    kept: tuple[LoanMove, ...]


async def plan_moves(
    sites: Sequence[UUID],
    change: DayException | HoursChange,
    *,
    now: datetime,
    lock: bool = False,
) -> list[SiteMoves]:
    """What a change moves at each site, by name; it may have been made already, or not.

    With ``lock``, nobody else changes the loans before the transaction's end.
    """
    if isinstance(change, DayException) and change.kind is ExceptionKind.AS_USUAL:
        return []
    rows = await db.fetch(_SITES, sites=list(sites))
    return [await _at(row, change, now, lock) for row in rows]


async def _at(
    site: db.Row, change: DayException | HoursChange, now: datetime, lock: bool
) -> SiteMoves:
    before, after = calendars_of(site, change)
    earlier = await _earlier(site["site_id"], change)

    @cache  # many loans of a site are due at the same closing time
    def moved(mode: DueMode, due: datetime, cap: date | None) -> datetime | None:
        return moved_due_at(mode, due, before, after, cap, now=now)

    moves, kept = [], []
    for row in await _due(site["site_id"], before, change, now, lock):
        day = before.local_date(row["due_at"])
        if isinstance(change, DayException) and not change.covers(day):
            continue
        move = _move(row, moved)
        made = earlier.get(row["loan_id"], [])
        steps = [(each["due_before"], each["due_after"]) for each in made]
        if back := taken_back_due_at(steps, row["due_at"], after, now=now):
            due, count = back
            undoes = tuple(each["id"] for each in made[-count:])
            move = msgspec.structs.replace(move, after=due, undoes=undoes)
        if move.after is not None:
            moves.append(move)
        elif _is_kept(row["due_at"], before, after):
            kept.append(move)
    return SiteMoves(
        site["site_id"], site["site_name"], site["time_zone"], tuple(moves), tuple(kept)
    )


async def _due(
    site_id: UUID,
    calendar: SiteCalendar,
    change: DayException | HoursChange,
    now: datetime,
    lock: bool,
) -> list[db.Row]:
    values, until = {"site_id": site_id, "since": now}, ""
    if isinstance(change, DayException):
        values["since"] = max(now, first_moment(change.first_day, 0, calendar.zone))
        if not change.yearly:
            until = " AND loan.due_at <= :until"
            values["until"] = first_moment(change.last_day, END_OF_DAY, calendar.zone)
    ending = _ORDER + (db.for_update("loan") if lock else "")
    return await db.fetch(f"{_DUE}{until}{ending}", **values)


async def _earlier(
    site_id: UUID, change: DayException | HoursChange
) -> defaultdict[UUID, list[db.Row]]:
    """By loan, the moves by earlier hours that other hours may take back, the first one first."""
    found: defaultdict[UUID, list[db.Row]] = defaultdict(list)
    if isinstance(change, HoursChange):
        for row in await db.fetch(_BY_HOURS, site_id=site_id, yes=True):
            found[row["loan"]].append(row)
    return found


def calendars_of(
    site: db.Row, change: DayException | HoursChange
) -> tuple[SiteCalendar, SiteCalendar]:
    """The calendar of a row without the change, and with it; its exceptions have no reasons."""
    calendar = calendars.calendar_of(site)
    if isinstance(change, HoursChange):
        return calendar.with_hours(change.before), calendar.with_hours(change.after)
    new = msgspec.structs.replace(change, reason="")
    others = tuple(each for each in calendar.exceptions if each != new)
    before = replace(calendar, exceptions=others)
    return before, before.with_exception(new)


def _move(
    row: db.Row, moved: Callable[[DueMode, datetime, date | None], datetime | None]
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
        after=moved(mode, due, row["eligible_until"]),
    )


def _is_kept(due: datetime, before: SiteCalendar, after: SiteCalendar) -> bool:
    day: date = before.local_date(due)
    return before.is_open_day(day) and not after.is_open_day(day)
