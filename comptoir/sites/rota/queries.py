"""Reads of the rota: the rows, turned into the values that rules take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from comptoir.core import db
from comptoir.sites.opening_hours import ONE_DAY
from comptoir.sites.rota.occurrences import Absence, Shift
from comptoir.sites.rota.rules import Need
from comptoir.sites.rota.schemas import AbsenceView, LeftOutView, OfferView, Person

#: Who is on the team of ``{site}``: whoever has a role there, or one at every site that
#: is not that of administrator. Whoever sees to accounts everywhere stands at no desk.
ON_TEAM = """
EXISTS (SELECT 1 FROM sites_staff_member member JOIN core_user person ON person.id = member.user_id
        WHERE member.user_id = {person} AND person.active = :yes
          AND (member.site = {site} OR (member.site IS NULL AND member.role <> 'admin')))
"""

_SHIFT = """
SELECT shift.id, shift.site, shift.user_id, shift.first_day, shift.last_day, shift.every_weeks,
       shift.starts, shift.ends, shift.volunteered, site.time_zone
FROM sites_shift shift JOIN sites_site site ON site.id = shift.site
"""


async def team(site_id: UUID) -> list[Person]:
    """Who works at a site, by name."""
    rows = await db.fetch(
        "SELECT u.id, u.name FROM core_user u WHERE "
        + ON_TEAM.format(person="u.id", site=":site")
        + " ORDER BY u.name, u.id",
        site=site_id,
        yes=True,
    )
    return [Person(row["id"], row["name"]) for row in rows]


async def shifts_of(people: Sequence[UUID], first: date, last: date) -> list[Shift]:
    """The shifts of these people, at any site, that may fall on days between the two.

    Those of a site that somebody has left are not among them.
    """
    rows = await db.fetch(
        _SHIFT
        + "WHERE shift.user_id IN :people AND shift.first_day <= :last "
        + "AND (shift.last_day IS NULL OR shift.last_day >= :first) AND "
        + ON_TEAM.format(person="shift.user_id", site="shift.site")
        + " ORDER BY shift.id",
        people=list(people),
        first=first,
        last=last,
        yes=True,
    )
    return await _shifts(rows)


async def shift(shift_id: UUID) -> Shift | None:
    """One shift, or None."""
    found = await _shifts(await db.fetch(_SHIFT + "WHERE shift.id = :id", id=shift_id))
    return found[0] if found else None


async def absences_of(people: Sequence[UUID], first: date, last: date) -> list[AbsenceView]:
    """When these people are away between two days, by the first day."""
    rows = await db.fetch(
        "SELECT id, user_id AS person, first_day, last_day, starts, ends FROM sites_absence "
        "WHERE user_id IN :people AND first_day <= :last AND last_day >= :first "
        "ORDER BY first_day, id",
        people=list(people),
        first=first,
        last=last,
    )
    return [AbsenceView(**row) for row in rows]


async def absence(absence_id: UUID) -> AbsenceView | None:
    """One absence, or None."""
    row = await db.fetch_one(
        "SELECT id, user_id AS person, first_day, last_day, starts, ends FROM sites_absence "
        "WHERE id = :id",
        id=absence_id,
    )
    return AbsenceView(**row) if row else None


async def needs(site_id: UUID) -> list[Need]:
    """What a site needs, as it was entered."""
    rows = await db.fetch(
        "SELECT id, weekday, starts, ends, people, language, competence FROM sites_need "
        "WHERE site = :site ORDER BY id",
        site=site_id,
    )
    return [Need(**row) for row in rows]


async def offers(site_id: UUID, first: date, last: date) -> list[OfferView]:
    """The shifts of these days that were offered to colleagues, by day."""
    rows = await db.fetch(
        "SELECT id, shift, day, starts, ends, user_id AS person, taken_by FROM sites_shift_offer "
        "WHERE site = :site AND day BETWEEN :first AND :last ORDER BY day, starts, id",
        site=site_id,
        first=first,
        last=last,
    )
    return [OfferView(**row) for row in rows]


async def left_out(site_id: UUID, first: date, last: date) -> list[LeftOutView]:
    """What was taken off these days for closures that are withdrawn by now, by day."""
    rows = await db.fetch(
        "SELECT skip.shift, skip.day, shift.user_id AS person, shift.starts, shift.ends "
        "FROM sites_shift_skip skip JOIN sites_shift shift ON shift.id = skip.shift "
        "WHERE shift.site = :site AND skip.day BETWEEN :first AND :last "
        "AND skip.closure IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM sites_exception day WHERE day.id = skip.closure) "
        "ORDER BY skip.day, shift.starts, skip.id",
        site=site_id,
        first=first,
        last=last,
    )
    return [LeftOutView(**row) for row in rows]


async def sites_of(person: UUID, sites: Iterable[UUID]) -> list[UUID]:
    """Those of some sites on whose team somebody is."""
    rows = await db.fetch(
        "SELECT site.id FROM sites_site site WHERE site.id IN :sites AND "
        + ON_TEAM.format(person=":person", site="site.id"),
        sites=list(sites),
        person=person,
        yes=True,
    )
    return [row["id"] for row in rows]


def as_absences(views: Iterable[AbsenceView]) -> list[Absence]:
    """Absences as rules take them."""
    return [
        Absence(each.person, each.first_day, each.last_day, each.starts, each.ends)
        for each in views
    ]


async def _shifts(rows: list[db.Row]) -> list[Shift]:
    skips = await db.fetch(
        "SELECT shift, day FROM sites_shift_skip WHERE shift IN :ids",
        ids=[row["id"] for row in rows],
    )
    skipped: defaultdict[UUID, set[date]] = defaultdict(set)
    for skip in skips:
        skipped[skip["shift"]].add(skip["day"])
    return [
        Shift(
            id=row["id"],
            site=row["site"],
            person=row["user_id"],
            first_day=row["first_day"],
            last_day=row["last_day"],
            every_weeks=row["every_weeks"],
            starts=row["starts"],
            ends=row["ends"],
            zone=ZoneInfo(row["time_zone"]),
            skipped=frozenset(skipped[row["id"]]),
            volunteered=bool(row["volunteered"]),
        )
        for row in rows
    ]


def around(first: date, last: date) -> tuple[date, date]:
    """The same days with one more at either end: a span may go on after midnight."""
    return first - ONE_DAY, last + ONE_DAY
