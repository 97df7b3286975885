"""Lists of loans: open, overdue, closed; by site, borrower or item."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.lending import due_dates
from comptoir.lending.loans import facts
from comptoir.lending.rules import Signature
from comptoir.sites.calendars import calendar_of


class LoanState(StrEnum):
    """Which loans a list shows."""

    OPEN = "open"
    OVERDUE = "overdue"
    CLOSED = "closed"


class LoanPlace(msgspec.Struct, frozen=True):
    """A place in a list: ``at`` is when the loan is due, or was closed in a list of those."""

    at: datetime
    id: UUID


class LoanFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is limited to. ``after`` is where the page before ended."""

    state: LoanState = LoanState.OPEN
    site_id: UUID | None = None
    borrower_id: UUID | None = None
    item: str | None = None
    after: LoanPlace | None = None
    limit: int = 50


class LoanRow(msgspec.Struct, frozen=True, kw_only=True):
    """A loan in a list, with whom to speak to about it. Times are UTC.

    ``was_due``: the due time is past, even if the door was shut since. ``signature``
    is what the policy wants, ``signed`` says that an agreement was made.
    """

    id: UUID
    code: str
    model: str
    borrower_id: UUID
    borrower: str
    contact_kind: str
    phone: str
    email: str
    counsellor: str
    site_id: UUID
    return_site_id: UUID
    place: str
    time_zone: str
    checked_out_at: datetime
    due_at: datetime
    due_day: date
    was_due: bool
    returned_at: datetime | None
    days_late: int
    renewals: int
    renewals_left: int
    signature: Signature
    signed: bool
    undone: bool
    written_off: bool
    version: int


class LoanPage(msgspec.Struct, frozen=True):
    """One page of a list; ``next`` is the ``after`` of the page that follows, if any."""

    rows: tuple[LoanRow, ...]
    next: LoanPlace | None = None


async def list_loans(actor: Principal, wanted: LoanFilter, *, now: datetime) -> LoanPage:
    """One page: what is due first comes first, or what was returned last.

    Only loans of the actor's sites, lent there or to be returned there. Overdue
    are those whose return site has been open since they were due.
    """
    conditions, values = await _conditions(actor, wanted, now)
    if wanted.after is not None:
        conditions.append(_following(wanted.state))
        values |= {"after": wanted.after.id, "position": wanted.after.at}
    order = (
        "loan.returned_at DESC, loan.id DESC"
        if wanted.state is LoanState.CLOSED
        else "loan.due_at, loan.id"
    )
    # Which loans, first: otherwise SQLite works out the calendars of all that it sorts.
    page = f"""
        SELECT loan.id FROM lending_loan loan WHERE {" AND ".join(conditions)}
        ORDER BY {order} LIMIT :limit
    """
    rows = await db.fetch(
        f"{facts.LISTING} WHERE loan.id IN ({page}) ORDER BY {order}",
        limit=wanted.limit + 1,
        **values,
    )
    shown = tuple(_row(row, now) for row in rows[: wanted.limit])
    more = len(rows) > wanted.limit
    return LoanPage(shown, _place(shown[-1], wanted.state) if more else None)


async def read_loan(actor: Principal, loan_id: UUID, *, now: datetime) -> LoanRow | None:
    """One loan; None where there is none, or it is of a site the actor may not know of."""
    row = await db.fetch_one(f"{facts.LISTING} WHERE loan.id = :id", id=loan_id)
    if row is None:
        return None
    seen = actor.sees_site(row["loan_site"]) or actor.sees_site(row["loan_return_site"])
    return _row(row, now) if seen else None


async def count_overdue(actor: Principal, *, site_id: UUID | None, now: datetime) -> int:
    """How many loans are overdue at a site, or at all of the actor's."""
    wanted = LoanFilter(state=LoanState.OVERDUE, site_id=site_id)
    conditions, values = await _conditions(actor, wanted, now)
    row = await db.fetch_one(
        f"SELECT COUNT(*) AS number FROM lending_loan loan WHERE {' AND '.join(conditions)}",
        **values,
    )
    return row["number"] if row else 0


def _following(state: LoanState) -> str:
    if state is LoanState.CLOSED:
        return "(loan.returned_at, loan.id) < (:position, :after)"
    return "(loan.due_at, loan.id) > (:position, :after)"


def _place(row: LoanRow, state: LoanState) -> LoanPlace:
    closed = row.returned_at if state is LoanState.CLOSED else None
    return LoanPlace(closed or row.due_at, row.id)


async def _conditions(
    actor: Principal, wanted: LoanFilter, now: datetime
) -> tuple[list[str], dict[str, Any]]:
    closed = wanted.state is LoanState.CLOSED
    conditions = ["loan.returned_at IS NULL"]
    if closed:  # what was undone was no loan, so that nothing came back
        conditions = ["loan.returned_at IS NOT NULL AND loan.undone_at IS NULL"]
    values: dict[str, Any] = {}
    if not actor.all_sites:
        conditions.append("(loan.site IN :own_sites OR loan.return_site IN :own_sites)")
        values["own_sites"] = list(actor.site_ids)
    for column, name, value in (
        ("loan.return_site", "site_id", wanted.site_id),
        ("loan.borrower", "borrower_id", wanted.borrower_id),
    ):
        if value is not None:
            conditions.append(f"{column} = :{name}")
            values[name] = value
    if wanted.item is not None:
        conditions.append("loan.item = (SELECT id FROM inventory_item WHERE code = :item)")
        values["item"] = wanted.item
    if wanted.state is LoanState.OVERDUE:
        condition, moments = await _overdue(now)
        conditions.append(condition)
        values |= moments
    return conditions, values


async def _overdue(now: datetime) -> tuple[str, dict[str, Any]]:
    """Due before the door was last open, per site; sites that shut together share a term."""
    sites = await db.fetch(facts.CALENDARS)
    by_moment: dict[datetime, list[UUID]] = defaultdict(list)
    for site in sites:
        last_open = calendar_of(site).last_open(now)
        if last_open is not None:
            by_moment[last_open].append(site["site_id"])
    terms: list[str] = []
    values: dict[str, Any] = {}
    for number, (moment, site_ids) in enumerate(by_moment.items()):
        terms.append(f"(loan.return_site IN :sites{number} AND loan.due_at < :last{number})")
        values |= {f"sites{number}": site_ids, f"last{number}": moment}
    return f"({' OR '.join(terms) or '1 = 0'})", values


def _row(row: db.Row, now: datetime) -> LoanRow:
    returned = row["returned_at"]
    late_at = returned or now
    return LoanRow(
        id=row["loan_id"],
        code=row["code"],
        model=row["short_name"],
        borrower_id=row["loan_borrower"],
        borrower=row["borrower"],
        contact_kind=row["contact_kind"],
        phone=row["phone"],
        email=row["email"],
        counsellor=row["counsellor"],
        site_id=row["loan_site"],
        return_site_id=row["loan_return_site"],
        place=row["place"],
        time_zone=row["time_zone"],
        checked_out_at=row["checked_out_at"],
        due_at=row["due_at"],
        due_day=row["due_at"].astimezone(ZoneInfo(row["time_zone"])).date(),
        was_due=row["due_at"] < late_at,
        returned_at=returned,
        days_late=due_dates.overdue_days(row["due_at"], calendar_of(row), now=late_at),
        renewals=row["loan_renewals"],
        renewals_left=max(0, (row["policy_renewals"] or 0) - row["loan_renewals"]),
        signature=Signature(row["signature"] or Signature.NONE),
        signed=bool(row["signed"]),
        undone=row["undone_at"] is not None,
        written_off=row["written_off_at"] is not None,
        version=row["loan_version"],
    )
