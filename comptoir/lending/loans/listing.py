"""Lists of loans: open, overdue, unsigned, closed, undone; by site, borrower or item."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.phones import show_phone
from comptoir.core.principal import Principal
from comptoir.inventory import codes
from comptoir.lending import due_dates
from comptoir.lending.loans import facts
from comptoir.lending.rules import Signature
from comptoir.sites.calendars import calendar_of
from comptoir.sites.queries import need_in_sight, of_own_sites


class LoanState(StrEnum):
    """Which loans a list shows."""

    OPEN = "open"
    OVERDUE = "overdue"
    #: Open, and what its policy wants signed is not.
    UNSIGNED = "unsigned"
    #: It was brought back, or will not come back.
    CLOSED = "closed"
    #: Closed as never meant.
    UNDONE = "undone"


_ENDED = (LoanState.CLOSED, LoanState.UNDONE)


class LoanPlace(msgspec.Struct, frozen=True):
    """A place in a list: ``at`` is when the loan is due, or was closed in a list of those.

    ``late`` are the open days since, in a list of what is overdue at several sites.
    """

    at: datetime
    id: UUID
    late: int = 0


class LoanFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is limited to. ``after`` is where the page before ended.

    ``item`` is a code, or its first letters.
    """

    state: LoanState = LoanState.OPEN
    site_id: UUID | None = None
    borrower_id: UUID | None = None
    borrower_ids: tuple[UUID, ...] | None = None
    item: str | None = None
    after: LoanPlace | None = None
    limit: int = 50


class LoanRow(msgspec.Struct, frozen=True, kw_only=True):
    """A loan in a list, with whom to speak to about it. Times are UTC.

    ``was_due``: the due time is past, even if the door was shut since. ``signature``
    is what the policy wants, ``signed`` says that an agreement was signed.
    ``may_return_elsewhere``: the policy allows another site for the return.
    """

    id: UUID
    code: str
    model: str
    borrower_id: UUID
    borrower: str
    contact_kind: str
    phone: str
    email: str
    address: str
    referrer: str
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
    may_return_elsewhere: bool
    version: int

    @property
    def unsigned(self) -> bool:
        """It must still be signed for."""
        open_still = self.returned_at is None
        return open_still and self.signature is not Signature.NONE and not self.signed

    @property
    def phone_text(self) -> str:
        """The number as it is written."""
        return show_phone(self.phone)


class LoanPage(msgspec.Struct, frozen=True):
    """One page of a list; ``next`` is the ``after`` of the page that follows, if any."""

    rows: tuple[LoanRow, ...]
    next: LoanPlace | None = None


async def list_loans(actor: Principal, wanted: LoanFilter, *, now: datetime) -> LoanPage:
    """One page: what is due first comes first, or what ended last.

    Only loans of the actor's sites, lent there or to be returned there. Overdue
    are those whose return site has been open since they were due; the most late
    comes first, which over several sites is not the first due.

    Raises:
        SiteNotFound: the actor does not work at the site that is wanted.
    """
    await need_in_sight(actor, wanted.site_id)
    sites = await _sites_waiting(actor, wanted, now)
    conditions, values = _conditions(actor, wanted, sites, now)
    if wanted.site_id is None and len(sites) > 1:
        return await _worst_first(wanted, conditions, values, sites, now)
    if wanted.after is not None:
        conditions.append(_following(wanted.state))
        values |= {"after": wanted.after.id, "position": wanted.after.at}
    order = (
        "loan.returned_at DESC, loan.id DESC" if wanted.state in _ENDED else "loan.due_at, loan.id"
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


async def _worst_first(
    wanted: LoanFilter,
    conditions: list[str],
    values: dict[str, Any],
    sites: list[db.Row],
    now: datetime,
) -> LoanPage:
    """A page of what is overdue at several sites, whose doors are not open on the same days."""
    overdue = await db.fetch(
        "SELECT loan.id, loan.due_at, loan.return_site FROM lending_loan loan "
        f"WHERE {' AND '.join(conditions)}",
        **values,
    )
    dues: dict[UUID, set[datetime]] = defaultdict(set)
    for row in overdue:
        dues[row["return_site"]].add(row["due_at"])
    late = {
        site["site_id"]: due_dates.late_days(dues[site["site_id"]], calendar_of(site), now=now)
        for site in sites
    }
    places = sorted(
        (-late[row["return_site"]][row["due_at"]], row["due_at"], row["id"]) for row in overdue
    )
    if (after := wanted.after) is not None:
        places = places[bisect_right(places, (-after.late, after.at, after.id)) :]
    page = places[: wanted.limit]
    rows = await db.fetch(
        f"{facts.LISTING} WHERE loan.id IN :ids", ids=[loan_id for _, _, loan_id in page]
    )
    by_id = {row["loan_id"]: _row(row, now) for row in rows}
    shown = tuple(by_id[loan_id] for _, _, loan_id in page if loan_id in by_id)
    if len(places) <= len(page):
        return LoanPage(shown)
    days, due, loan_id = page[-1]
    return LoanPage(shown, LoanPlace(due, loan_id, late=-days))


async def read_loan(actor: Principal, loan_id: UUID, *, now: datetime) -> LoanRow | None:
    """One loan; None where there is none, or it is of a site the actor may not know of."""
    row = await db.fetch_one(f"{facts.LISTING} WHERE loan.id = :id", id=loan_id)
    if row is None:
        return None
    seen = actor.sees_site(row["loan_site"]) or actor.sees_site(row["loan_return_site"])
    return _row(row, now) if seen else None


async def count_loans(
    actor: Principal, state: LoanState, *, site_id: UUID | None, now: datetime
) -> int:
    """How many loans of a state there are to be returned to a site, or to all of the actor's."""
    wanted = LoanFilter(state=state, site_id=site_id)
    sites = await _sites_waiting(actor, wanted, now)
    conditions, values = _conditions(actor, wanted, sites, now)
    row = await db.fetch_one(
        f"SELECT COUNT(*) AS number FROM lending_loan loan WHERE {' AND '.join(conditions)}",
        **values,
    )
    return row["number"] if row else 0


async def _sites_waiting(actor: Principal, wanted: LoanFilter, now: datetime) -> list[db.Row]:
    """The calendars of sites whose due time is past for one of the actor's loans.

    Of no other site: when its door was last open takes longer to find than the loans.
    """
    if wanted.state is not LoanState.OVERDUE:
        return []
    own, values = of_own_sites(actor, "loan.site", "loan.return_site")
    here = "" if wanted.site_id is None else "AND loan.return_site = :site_id"
    return await db.fetch(
        f"{facts.CALENDARS} WHERE site.id IN (SELECT loan.return_site FROM lending_loan loan "
        f"WHERE {_OPEN} AND loan.due_at < :now AND {own} {here})",
        now=now,
        **values,
        **({"site_id": wanted.site_id} if here else {}),
    )


def _following(state: LoanState) -> str:
    if state in _ENDED:
        return "(loan.returned_at, loan.id) < (:position, :after)"
    return "(loan.due_at, loan.id) > (:position, :after)"


def _place(row: LoanRow, state: LoanState) -> LoanPlace:
    closed = row.returned_at if state in _ENDED else None
    return LoanPlace(closed or row.due_at, row.id)


def _conditions(
    actor: Principal, wanted: LoanFilter, sites: list[db.Row], now: datetime
) -> tuple[list[str], dict[str, Any]]:
    """What the loans of a list are, in SQL; ``sites`` are those where something may be late."""
    own, values = of_own_sites(actor, "loan.site", "loan.return_site")
    conditions = [_STATES[wanted.state], own]
    for column, name, value in (
        ("loan.return_site", "site_id", wanted.site_id),
        ("loan.borrower", "borrower_id", wanted.borrower_id),
    ):
        if value is not None:
            conditions.append(f"{column} = :{name}")
            values[name] = value
    if wanted.borrower_ids is not None:
        conditions.append("loan.borrower IN :borrowers")
        values["borrowers"] = list(wanted.borrower_ids)
    if wanted.item is not None:
        conditions.append(
            "loan.item IN (SELECT id FROM inventory_item WHERE code BETWEEN :first AND :last)"
        )
        values |= {"first": wanted.item, "last": wanted.item + codes.ALPHABET[-1] * codes.LENGTH}
    if wanted.state is LoanState.OVERDUE:
        condition, moments = _overdue(sites, now)
        conditions.append(condition)
        values |= moments
    return conditions, values


_OPEN = "loan.returned_at IS NULL"
_STATES = {
    LoanState.OPEN: _OPEN,
    LoanState.OVERDUE: _OPEN,
    LoanState.UNSIGNED: f"{_OPEN} AND NOT {facts.SIGNED} AND EXISTS ("
    "SELECT 1 FROM lending_policy policy "
    "WHERE policy.id = loan.policy AND policy.signature <> 'none')",
    # What was undone was no loan, so that nothing came back.
    LoanState.CLOSED: "loan.returned_at IS NOT NULL AND loan.undone_at IS NULL",
    LoanState.UNDONE: "loan.undone_at IS NOT NULL",
}


async def count_overdue(site_ids: Sequence[UUID], *, now: datetime) -> dict[UUID, int]:
    """How many loans to be brought back to these sites are overdue; no entry where none is."""
    sites = await db.fetch(f"{facts.CALENDARS} WHERE site.id IN :ids", ids=[*site_ids])
    condition, values = _overdue(sites, now)
    rows = await db.fetch(
        "SELECT loan.return_site AS site, COUNT(*) AS number FROM lending_loan loan "
        f"WHERE {_OPEN} AND {condition} GROUP BY loan.return_site",
        **values,
    )
    return {row["site"]: row["number"] for row in rows}


def _overdue(sites: list[db.Row], now: datetime) -> tuple[str, dict[str, Any]]:
    """Due before the door was last open, per site; sites that shut together share a term."""
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
        address=row["address"],
        referrer=row["referrer"],
        counsellor=row["counsellor"],
        site_id=row["loan_site"],
        return_site_id=row["loan_return_site"],
        place=row["place"],
        time_zone=row["time_zone"],
        checked_out_at=row["checked_out_at"],
        due_at=row["due_at"],
        due_day=localtime(row["due_at"], row["time_zone"]).date(),
        was_due=row["due_at"] < late_at,
        returned_at=returned,
        days_late=due_dates.overdue_days(row["due_at"], calendar_of(row), now=late_at),
        renewals=row["loan_renewals"],
        renewals_left=max(0, (row["policy_renewals"] or 0) - row["loan_renewals"]),
        signature=Signature(row["signature"] or Signature.NONE),
        signed=bool(row["signed"]),
        undone=row["undone_at"] is not None,
        written_off=row["written_off_at"] is not None,
        may_return_elsewhere=returned is None and bool(row["may_return_elsewhere"]),
        version=row["loan_version"],
    )
