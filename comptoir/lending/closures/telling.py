"""The list to call: whom to tell of new due dates, each person once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.i18n import ngettext
from comptoir.core.principal import Principal
from comptoir.lending.errors import MovesNotFound


class MovedLoan(msgspec.Struct, frozen=True, kw_only=True):
    """A loan on the list. ``due_at`` is when it is due now, ``was_due`` when it was before.

    Days are by the clock of the site. ``undone``: the announcement was withdrawn, and the
    loan is due as it was. ``open``: it has not been brought back.
    """

    loan_id: UUID
    code: str
    model: str
    place: str
    time_zone: str
    was_due: date
    due_at: datetime
    undone: bool
    open: bool


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


class PersonPlace(msgspec.Struct, frozen=True):
    """A place in the list of people."""

    sort_name: str
    id: UUID


class PeoplePage(msgspec.Struct, frozen=True):
    """Some of the people, by name."""

    people: tuple[PersonToTell, ...]
    next: PersonPlace | None = None


class MovedSite(msgspec.Struct, frozen=True):
    """A site where an announcement moved what is due."""

    id: UUID
    name: str


class KeptLoan(msgspec.Struct, frozen=True):
    """An open loan that did not go back to its old day when the announcement was withdrawn."""

    batch: UUID
    loan_id: UUID
    code: str
    model: str
    due_at: datetime


class Announced(msgspec.Struct, frozen=True):
    """An announcement that moved due dates: when, of what days on, and for how many people.

    ``withdrawn`` counts the loans whose site has withdrawn it since, ``restored`` those
    that went back to their old day. ``kept`` are the open ones that did not.
    """

    id: UUID
    moved_at: datetime
    first_due: datetime
    time_zone: str
    sites: int
    people: int
    loans: int
    withdrawn: int
    restored: int
    kept: tuple[KeptLoan, ...] = ()


_ANNOUNCED = """
SELECT move.batch AS id, MAX(move.moved_at) AS "moved_at [TIMESTAMPTZ]",
       MIN(move.due_before) AS "first_due [TIMESTAMPTZ]",
       MIN(site.time_zone) AS time_zone, COUNT(DISTINCT move.site) AS sites,
       COUNT(DISTINCT move.borrower) AS people, COUNT(*) AS loans,
       COUNT(*) - COUNT(day.id) AS withdrawn, COUNT(move.undone_at) AS restored
FROM lending_due_date_move move
JOIN sites_site site ON site.id = move.site
LEFT JOIN sites_exception day ON day.id = move.exception
WHERE {seen} {after}
GROUP BY move.batch ORDER BY move.batch DESC LIMIT :limit
"""
_PEOPLE = """
SELECT DISTINCT person.id, person.sort_name, person.name, person.language, person.contact_kind,
       person.phone, person.email, person.address, person.counsellor
FROM lending_due_date_move move JOIN lending_borrower person ON person.id = move.borrower
WHERE move.batch = :batch AND {seen} {after}
ORDER BY person.sort_name, person.id LIMIT :limit
"""
_LOANS = """
SELECT move.borrower, move.loan, move.due_before, move.undone_at, loan.due_at,
       loan.returned_at, item.code, model.short_name, site.short_name AS place, site.time_zone
FROM lending_due_date_move move
JOIN lending_loan loan ON loan.id = move.loan
JOIN inventory_item item ON item.id = loan.item
JOIN inventory_model model ON model.id = item.model
JOIN sites_site site ON site.id = move.site
WHERE move.batch = :batch AND move.borrower IN :people AND {seen}
ORDER BY loan.due_at, loan.id
"""
_KEPT = """
SELECT move.batch, loan.id AS loan_id, item.code, model.short_name AS model, loan.due_at
FROM lending_due_date_move move
JOIN lending_loan loan ON loan.id = move.loan
JOIN inventory_item item ON item.id = loan.item
JOIN inventory_model model ON model.id = item.model
LEFT JOIN sites_exception day ON day.id = move.exception
WHERE move.batch IN :batches AND move.site = :site_id AND day.id IS NULL
  AND move.undone_at IS NULL AND loan.returned_at IS NULL
ORDER BY loan.due_at, loan.id
"""
_MOVED_SITES = """
SELECT DISTINCT site.id, site.name
FROM lending_due_date_move move JOIN sites_site site ON site.id = move.site
WHERE move.batch = :batch AND {seen}
ORDER BY site.name, site.id
"""
_OUTCOME = """
SELECT COUNT(move.undone_at) AS restored,
       COUNT(CASE WHEN move.undone_at IS NULL AND loan.returned_at IS NULL THEN 1 END) AS kept
FROM lending_due_date_move move JOIN lending_loan loan ON loan.id = move.loan
WHERE move.exception = :exception
"""

#: More than these are on the page of all announcements.
_SHOWN_AT_SITE = 10


async def announced(
    actor: Principal, *, after: UUID | None = None, limit: int = 50
) -> tuple[list[Announced], UUID | None]:
    """Announcements that moved due dates at the actor's sites, the latest first.

    The second value is the ``after`` of the page that follows, if any.
    """
    seen, values = _seen(actor)
    following = "AND move.batch < :after" if after else ""
    rows = await db.fetch(
        _ANNOUNCED.format(seen=seen, after=following),
        limit=limit + 1,
        **({"after": after} if after else {}),
        **values,
    )
    shown = [Announced(**row) for row in rows[:limit]]
    return shown, shown[-1].id if len(rows) > limit else None


async def announced_at(site_id: UUID, *, since: datetime) -> list[Announced]:
    """Announcements of a site that moved what was due there at ``since`` or later."""
    rows = await db.fetch(
        _ANNOUNCED.format(seen="move.site = :site_id AND move.due_before >= :since", after=""),
        site_id=site_id,
        since=since,
        limit=_SHOWN_AT_SITE,
    )
    kept = await db.fetch(_KEPT, batches=[row["id"] for row in rows], site_id=site_id)
    loans = [KeptLoan(**row) for row in kept]
    return [
        Announced(**row, kept=tuple(each for each in loans if each.batch == row["id"]))
        for row in rows
    ]


async def announcement(actor: Principal, batch: UUID) -> Announced:
    """One announcement, as far as it moved what is due at the actor's sites.

    Raises:
        MovesNotFound: it moved nothing at a site where the actor works.
    """
    seen, values = _seen(actor)
    row = await db.fetch_one(
        _ANNOUNCED.format(seen=seen, after="AND move.batch = :batch"),
        batch=batch,
        limit=1,
        **values,
    )
    if row is None:
        raise MovesNotFound
    return Announced(**row)


async def sites(actor: Principal, batch: UUID) -> list[MovedSite]:
    """Those of the actor's sites where an announcement moved what is due, by name."""
    seen, values = _seen(actor)
    rows = await db.fetch(_MOVED_SITES.format(seen=seen), batch=batch, **values)
    return [MovedSite(**row) for row in rows]


async def outcome(exception_id: UUID) -> str:
    """What became of the due dates that a withdrawn exception had moved; "" without any."""
    [row] = await db.fetch(_OUTCOME, exception=exception_id)
    texts = []
    if row["restored"]:
        texts.append(
            ngettext(
                "%(num)s loan is due on its old day again.",
                "%(num)s loans are due on their old day again.",
                row["restored"],
            )
        )
    if row["kept"]:
        texts.append(
            ngettext(
                "%(num)s loan keeps its later day and is named below.",
                "%(num)s loans keep their later day and are named below.",
                row["kept"],
            )
        )
    return " ".join(texts)


async def people(
    actor: Principal, batch: UUID, *, after: PersonPlace | None = None, limit: int = 50
) -> PeoplePage:
    """Whom to tell of an announcement, by name, with their loans at the actor's sites.

    Raises:
        MovesNotFound: it moved nothing at a site where the actor works.
    """
    seen, values = _seen(actor)
    following = ""
    if after is not None:
        following = "AND (person.sort_name, person.id) > (:sort_name, :after)"
        values |= {"sort_name": after.sort_name, "after": after.id}
    rows = await db.fetch(
        _PEOPLE.format(seen=seen, after=following), batch=batch, limit=limit + 1, **values
    )
    if not rows and after is None:
        raise MovesNotFound
    shown = rows[:limit]
    loans = await _loans(actor, batch, [row["id"] for row in shown])
    found = tuple(PersonToTell(**row, loans=tuple(loans[row["id"]])) for row in shown)
    last = found[-1] if len(rows) > limit else None
    return PeoplePage(found, PersonPlace(last.sort_name, last.id) if last else None)


async def _loans(
    actor: Principal, batch: UUID, borrowers: list[UUID]
) -> defaultdict[UUID, list[MovedLoan]]:
    seen, values = _seen(actor)
    found: defaultdict[UUID, list[MovedLoan]] = defaultdict(list)
    for row in await db.fetch(_LOANS.format(seen=seen), batch=batch, people=borrowers, **values):
        found[row["borrower"]].append(
            MovedLoan(
                loan_id=row["loan"],
                code=row["code"],
                model=row["short_name"],
                place=row["place"],
                time_zone=row["time_zone"],
                was_due=localtime(row["due_before"], row["time_zone"]).date(),
                due_at=row["due_at"],
                undone=row["undone_at"] is not None,
                open=row["returned_at"] is None,
            )
        )
    return found


def _seen(actor: Principal) -> tuple[str, dict[str, object]]:
    if actor.all_sites:
        return "1 = 1", {}
    return "move.site IN :own_sites", {"own_sites": sorted(actor.site_ids)}
