"""The list to call: whom to tell of new due dates, each person once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.principal import Principal
from comptoir.lending.closures import told
from comptoir.lending.errors import MovesNotFound


class MovedLoan(msgspec.Struct, frozen=True, kw_only=True):
    """A loan on the list. ``due_at`` is when it is due now, ``was_due`` when it was before.

    Days are by the clock of ``place``, where it is to be brought back; ``elsewhere``: another
    site was chosen for that since. ``undone``: the announcement was withdrawn, and the
    loan is due as it was. ``earlier``: it is due before the date that it had. ``open``: it has
    not been brought back. ``told_at`` is when the person was told what holds now;
    ``to_tell``: they have yet to be.
    """

    loan_id: UUID
    code: str
    model: str
    place: str
    elsewhere: bool
    time_zone: str
    was_due: date
    due_at: datetime
    undone: bool
    earlier: bool
    open: bool
    to_tell: bool
    told_at: datetime | None


class PersonToTell(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to tell, how they are reached, and of what."""

    id: UUID
    sort_name: str
    name: str
    language: str
    contact_kind: str
    phone: str
    email: str
    address: str
    counsellor: str
    loans: tuple[MovedLoan, ...]

    @property
    def to_tell(self) -> bool:
        """Whether there is something left to tell them."""
        return any(loan.to_tell for loan in self.loans)

    @property
    def told_at(self) -> datetime | None:
        """When they were told the last of it; None where something is left, or never was."""
        moments = [loan.told_at for loan in self.loans if loan.told_at is not None]
        return max(moments) if moments and not self.to_tell else None


class PersonPlace(msgspec.Struct, frozen=True):
    """A place in the list of people; ``settled`` ones come last."""

    settled: int
    sort_name: str
    id: UUID


class PeoplePage(msgspec.Struct, frozen=True):
    """Some of the people: those to tell by name, then the others by name."""

    people: tuple[PersonToTell, ...]
    next: PersonPlace | None = None


_PEOPLE = f"""
SELECT person.id, person.sort_name, person.name, person.language, person.contact_kind,
       person.phone, person.email, person.address, person.counsellor, listed.settled
FROM (SELECT move.borrower, MIN(CASE WHEN {told.TO_TELL} THEN 0 ELSE 1 END) AS settled
      FROM lending_due_date_move move JOIN lending_loan loan ON loan.id = move.loan
      WHERE move.batch = :batch AND {{seen}} {{of}}
      GROUP BY move.borrower) AS listed
JOIN lending_borrower person ON person.id = listed.borrower
WHERE {{after}}
ORDER BY listed.settled, person.sort_name, person.id LIMIT :limit
"""
_LOANS = f"""
SELECT move.borrower, move.loan, move.due_before, move.undone_at, loan.due_at,
       loan.returned_at, loan.return_site <> move.site AS elsewhere,
       item.code, model.short_name, site.short_name AS place, site.time_zone,
       CASE WHEN {told.TO_TELL} THEN 1 ELSE 0 END AS to_tell,
       {told.TOLD_AT} AS "told_at [TIMESTAMPTZ]"
FROM lending_due_date_move move
JOIN lending_loan loan ON loan.id = move.loan
JOIN inventory_item item ON item.id = loan.item
JOIN inventory_model model ON model.id = item.model
JOIN sites_site site ON site.id = loan.return_site
WHERE move.batch = :batch AND move.borrower IN :people AND {{seen}}
ORDER BY loan.due_at, loan.id
"""


async def people(
    actor: Principal, batch: UUID, *, after: PersonPlace | None = None, limit: int = 50
) -> PeoplePage:
    """Whom to tell of an announcement, with their loans at the actor's sites.

    Who has yet to be told comes first, by name; then who needs no telling any more.

    Raises:
        MovesNotFound: it moved nothing at a site where the actor works.
    """
    seen, values = told.seen_by(actor)
    following = "1 = 1"
    if after is not None:
        following = "(listed.settled, person.sort_name, person.id) > (:settled, :sort_name, :after)"
        values |= {"settled": after.settled, "sort_name": after.sort_name, "after": after.id}
    rows = await db.fetch(
        _PEOPLE.format(seen=seen, of="", after=following), batch=batch, limit=limit + 1, **values
    )
    if not rows and after is None:
        raise MovesNotFound
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    place = PersonPlace(last["settled"], last["sort_name"], last["id"]) if last else None
    return PeoplePage(await _people(actor, batch, shown), place)


async def person(actor: Principal, batch: UUID, borrower_id: UUID) -> PersonToTell:
    """One of the people of ``people``.

    Raises:
        MovesNotFound: the announcement moved nothing of theirs at a site where the actor works.
    """
    seen, values = told.seen_by(actor)
    rows = await db.fetch(
        _PEOPLE.format(seen=seen, of="AND move.borrower = :borrower", after="1 = 1"),
        batch=batch,
        borrower=borrower_id,
        limit=1,
        **values,
    )
    if not rows:
        raise MovesNotFound
    [found] = await _people(actor, batch, rows)
    return found


async def _people(
    actor: Principal, batch: UUID, rows: Sequence[db.Row]
) -> tuple[PersonToTell, ...]:
    loans = await _loans(actor, batch, [row["id"] for row in rows])
    return tuple(
        PersonToTell(
            **{name: value for name, value in row.items() if name != "settled"},
            loans=tuple(loans[row["id"]]),
        )
        for row in rows
    )


async def _loans(
    actor: Principal, batch: UUID, borrowers: list[UUID]
) -> defaultdict[UUID, list[MovedLoan]]:
    seen, values = told.seen_by(actor)
    found: defaultdict[UUID, list[MovedLoan]] = defaultdict(list)
    for row in await db.fetch(_LOANS.format(seen=seen), batch=batch, people=borrowers, **values):
        found[row["borrower"]].append(
            MovedLoan(
                loan_id=row["loan"],
                code=row["code"],
                model=row["short_name"],
                place=row["place"],
                elsewhere=bool(row["elsewhere"]),
                time_zone=row["time_zone"],
                was_due=localtime(row["due_before"], row["time_zone"]).date(),
                due_at=row["due_at"],
                undone=row["undone_at"] is not None,
                earlier=row["undone_at"] is None and row["due_at"] < row["due_before"],
                open=row["returned_at"] is None,
                to_tell=bool(row["to_tell"]),
                told_at=row["told_at"],
            )
        )
    return found
