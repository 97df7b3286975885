"""Reads of borrowers: one with all that is kept, and lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.lending.borrowers.place import Place
from comptoir.lending.borrowers.schemas import (
    BorrowerFilter,
    BorrowerPage,
    BorrowerPlace,
    BorrowerRow,
    BorrowerState,
    BorrowerView,
    CardView,
    ContactKind,
    GroupName,
    Housemate,
)
from comptoir.lending.borrowers.visibility import seen_by
from comptoir.lending.errors import BorrowerNotFound

_BORROWER = """
SELECT b.*, borrower_group.names AS group_names, card.code, card.issued_at,
       site.country, site.time_zone
FROM lending_borrower AS b
JOIN lending_borrower_group AS borrower_group ON borrower_group.id = b.borrower_group
LEFT JOIN lending_borrower_card AS card ON card.borrower = b.id AND card.revoked_at IS NULL
LEFT JOIN sites_site AS site ON site.id = COALESCE(CAST(:site_id AS uuid), (
    SELECT site FROM lending_borrower_site WHERE borrower = b.id ORDER BY id LIMIT 1))
"""
_SUSPENDED = (
    "(b.suspended_at IS NOT NULL AND (b.suspended_until IS NULL OR b.suspended_until > :now))"
)
_HOLDING = """
EXISTS (SELECT 1 FROM lending_loan AS loan WHERE loan.borrower = b.id AND loan.returned_at IS NULL)
"""


async def read_borrower(actor: Principal, borrower_id: UUID, *, now: datetime) -> BorrowerView:
    """One borrower, in two statements.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
    """
    seen, values = seen_by(actor)
    row = await db.fetch_one(
        f"{_BORROWER} WHERE b.id = :id AND {seen}",
        id=borrower_id,
        site_id=actor.site_id,
        **values,
    )
    if row is None:
        raise BorrowerNotFound
    return _view(row, await _housemates(actor, row), now)


async def _housemates(actor: Principal, row: db.Row) -> tuple[Housemate, ...]:
    if row["household"] is None:
        return ()
    seen, values = seen_by(actor)
    rows = await db.fetch(
        "SELECT b.id, b.name FROM lending_borrower AS b "
        f"WHERE b.household = :household AND b.id <> :id AND {seen} "
        "ORDER BY b.sort_name, b.id LIMIT 30",
        household=row["household"],
        id=row["id"],
        **values,
    )
    return tuple(Housemate(**each) for each in rows)


async def list_borrowers(
    actor: Principal, wanted: BorrowerFilter, *, now: datetime
) -> BorrowerPage:
    """One page of the borrowers of the actor's sites, by name, in one statement."""
    seen, values = seen_by(actor)
    conditions = [seen]
    if wanted.group is not None:
        conditions.append("b.borrower_group = :group_id")
        values["group_id"] = wanted.group
    if wanted.state is BorrowerState.SUSPENDED:
        conditions.append(_SUSPENDED)
    if wanted.state is BorrowerState.HOLDING:
        conditions.append(_HOLDING)
    if wanted.after is not None:
        conditions.append("(b.sort_name, b.id) > (:after_name, :after)")
        values |= {"after_name": wanted.after.name, "after": wanted.after.id}
    rows = await db.fetch(
        f"""
        SELECT b.id, b.name, b.sort_name, b.language, b.phone, b.borrower_group,
               borrower_group.names AS group_names,
               CASE WHEN {_SUSPENDED} THEN 1 ELSE 0 END AS suspended,
               (SELECT COUNT(*) FROM lending_loan AS held
                WHERE held.borrower = b.id AND held.returned_at IS NULL) AS open_loans
        FROM lending_borrower AS b
        JOIN lending_borrower_group AS borrower_group ON borrower_group.id = b.borrower_group
        WHERE {" AND ".join(conditions)}
        ORDER BY b.sort_name, b.id LIMIT :limit
        """,
        now=now,
        limit=wanted.limit + 1,
        **values,
    )
    shown = rows[: wanted.limit]
    more = len(rows) > wanted.limit
    last = BorrowerPlace(shown[-1]["sort_name"], shown[-1]["id"]) if more else None
    return BorrowerPage(tuple(_row(row) for row in shown), last)


def _row(row: db.Row) -> BorrowerRow:
    return BorrowerRow(
        id=row["id"],
        name=row["name"],
        language=row["language"],
        phone=row["phone"],
        group=GroupName(row["borrower_group"], row["group_names"]),
        suspended=bool(row["suspended"]),
        open_loans=row["open_loans"],
    )


def _view(row: db.Row, housemates: tuple[Housemate, ...], now: datetime) -> BorrowerView:
    place = Place(row["country"], row["time_zone"]) if row["time_zone"] else Place()
    until, eligible_until = row["suspended_until"], row["eligible_until"]
    suspended = row["suspended_at"] is not None and (until is None or now < until)
    copied: dict[str, Any] = {name: row[name] for name in _COPIED}
    return BorrowerView(
        **copied,
        group=GroupName(row["borrower_group"], row["group_names"]),
        contact_kind=ContactKind(row["contact_kind"]),
        eligible=eligible_until is None or place.today(now) <= eligible_until,
        suspended=suspended,
        may_borrow_from=place.today(until) if suspended and until else None,
        housemates=housemates,
        card=CardView(row["code"], row["issued_at"]) if row["code"] else None,
        time_zone=place.time_zone,
    )


_COPIED = (
    "id",
    "name",
    "language",
    "phone",
    "email",
    "address",
    "referrer",
    "counsellor",
    "note",
    "eligible_until",
    "household",
    "created_at",
    "version",
)


async def names_of_things(borrower_id: UUID) -> dict[str, str]:
    """What each thing is that a borrower has or had, by its code, for their timeline."""
    rows = await db.fetch(
        "SELECT DISTINCT item.code, model.short_name FROM lending_loan loan "
        "JOIN inventory_item item ON item.id = loan.item "
        "JOIN inventory_model model ON model.id = item.model WHERE loan.borrower = :borrower_id",
        borrower_id=borrower_id,
    )
    return {row["code"]: row["short_name"] for row in rows}
