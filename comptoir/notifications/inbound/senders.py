"""Who writes, as far as a number tells, and which place answers."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from comptoir.notifications.inbound.rules import Whose
from comptoir.notifications.numbers import Number, read_number
from comptoir.sites import calendars
from comptoir.sites.calendar import SiteCalendar

# Where somebody goes: where they are to bring something back, or did last, or were registered.
_PEOPLE = """
SELECT borrower.id, borrower.language, site.id AS site, wish.barest
FROM lending_borrower borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = borrower.id
LEFT JOIN sites_site site ON site.id = COALESCE(
    (SELECT loan.return_site FROM lending_loan loan
     WHERE loan.borrower = borrower.id AND loan.returned_at IS NULL
     ORDER BY loan.due_at, loan.id LIMIT 1),
    (SELECT loan.return_site FROM lending_loan loan
     WHERE loan.borrower = borrower.id ORDER BY loan.checked_out_at DESC LIMIT 1),
    (SELECT known.site FROM lending_borrower_site known
     WHERE known.borrower = borrower.id ORDER BY known.id DESC LIMIT 1))
WHERE borrower.phone = :number
ORDER BY borrower.id
LIMIT 2
"""
_PLACE_COLUMNS = f"""
SELECT site.id, site.short_name, COALESCE(NULLIF(site.phone, ''), organisation.phone) AS phone,
       {calendars.COLUMNS}
FROM sites_site site JOIN sites_organisation organisation ON organisation.id = site.organisation
"""
_PLACE = _PLACE_COLUMNS + "WHERE site.id = :id"
_OLDEST_PLACES = _PLACE_COLUMNS + "WHERE site.active ORDER BY site.created_at, site.id LIMIT 2"


class Place(msgspec.Struct, frozen=True):
    """A site as an answer speaks of it."""

    id: UUID
    name: str
    phone: str
    calendar: SiteCalendar


class Sender(msgspec.Struct, frozen=True):
    """Whose number it is. ``borrower_id`` only where it is one person's.

    ``site_id`` is the site whose desk reads what they write; None: nobody can tell.
    ``barest``: as little as can be is to be said.
    """

    number: str
    whose: Whose
    borrower_id: UUID | None = None
    site_id: UUID | None = None
    language: str = DEFAULT_LANGUAGE
    barest: bool = False


async def read_sender(number: str) -> Sender:
    """Whose a number is: kept with its country code, as ``hook_calls`` makes it."""
    people = await db.fetch(_PEOPLE, number=number)
    if not people:
        return Sender(number, Whose.NOBODY if _is_telephone(number) else Whose.MACHINE)
    first = people[0]
    alone = len(people) == 1
    return Sender(
        number,
        Whose.ONE if alone else Whose.SEVERAL,
        first["id"] if alone else None,
        next((each["site"] for each in people if each["site"]), None),
        first["language"] if first["language"] in LANGUAGES else DEFAULT_LANGUAGE,
        any(each["barest"] for each in people),
    )


async def read_place(site_id: UUID | None) -> tuple[Place | None, bool]:
    """The site, or the oldest where there is none; and whether it is surely the right one.

    It surely is the only one. None: there is no site at all.
    """
    if site_id is not None:
        row = await db.fetch_one(_PLACE, id=site_id)
        return (_place(row) if row else None), True
    rows = await db.fetch(_OLDEST_PLACES)
    return (_place(rows[0]) if rows else None), len(rows) == 1


def _place(row: db.Row) -> Place:
    return Place(row["id"], row["short_name"], row["phone"], calendars.calendar_of(row))


def _is_telephone(number: str) -> bool:
    read = read_number(number, "CH")  # kept with its country code
    return isinstance(read, Number) and read.can_text
