"""Reads of letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_name
from comptoir.lending.agreement_pdf import ReturnPlace
from comptoir.notifications.letters.paper import LetterDocument, LetterThing
from comptoir.notifications.letters.schemas import (
    Batch,
    BatchPage,
    LetterFilter,
    LetterPage,
    LetterRow,
    WaitingAt,
)
from comptoir.notifications.reminders.plans import ENDING, OF_MOVES, REMINDER_KINDS
from comptoir.sites import calendars
from comptoir.sites.queries import need_in_sight, of_own_sites

_WAITING = "message.channel = 'letter' AND message.status = 'queued'"
#: How pressing a ``message`` is: of several to one person the most pressing is printed, and of
#: those the latest.
PRESSING = (
    "CASE message.kind "
    + " ".join(f"WHEN '{kind}' THEN {place}" for place, kind in enumerate(REMINDER_KINDS, start=1))
    + " ELSE 0 END"
)
#: What a letter to a person is about: what they have, a date that moved, or vouchers of its own.
_ABOUT = f"""
CASE WHEN message.kind IN :moves THEN message.kind
     WHEN message.kind = '{ENDING}' THEN CAST(message.id AS TEXT) ELSE '' END
"""
_MATTER = f"PARTITION BY message.site, message.borrower, {_ABOUT}"
_ROWS = f"""
SELECT waiting.* FROM (
    SELECT message.id, message.site AS site_id, site.short_name AS place, site.time_zone,
           message.borrower AS borrower_id, borrower.name AS borrower, message.kind,
           message.language, message.created_at,
           COUNT(*) OVER ({_MATTER}) - 1 AS others,
           ROW_NUMBER() OVER ({_MATTER} ORDER BY {PRESSING} DESC, message.id DESC) AS place_of
    FROM notifications_message message
    JOIN sites_site site ON site.id = message.site
    JOIN lending_borrower borrower ON borrower.id = message.borrower
    WHERE {_WAITING} AND {{conditions}}) AS waiting
WHERE {{after}}
ORDER BY waiting.id LIMIT :limit
"""
# A person gets one letter about what they have, however many reminders wait (``make_batch``).
_COUNTS = f"""
SELECT site.id AS site_id, site.short_name AS place,
       COUNT(DISTINCT CAST(message.borrower AS TEXT) || {_ABOUT}) AS letters
FROM notifications_message message JOIN sites_site site ON site.id = message.site
WHERE {_WAITING} AND {{conditions}}
GROUP BY site.id, site.short_name ORDER BY site.short_name, site.id
"""
_BATCHES = """
SELECT batch.id, batch.site AS site_id, site.short_name AS place, site.time_zone, batch.made_at,
       batch.printed_at,
       (SELECT COUNT(*) FROM notifications_batch_letter letter
        WHERE letter.batch = batch.id) AS letters,
       (SELECT COUNT(*) FROM notifications_batch_letter letter
        JOIN notifications_message message ON message.id = letter.message
        WHERE letter.batch = batch.id AND message.text <> '') AS printable
FROM notifications_letter_batch batch JOIN sites_site site ON site.id = batch.site
WHERE {conditions} ORDER BY batch.id DESC LIMIT :limit
"""
_LETTERS = """
SELECT message.id, message.kind, message.language, message.text, borrower.name, borrower.address,
       wish.barest
FROM notifications_batch_letter letter
JOIN notifications_message message ON message.id = letter.message
JOIN lending_borrower borrower ON borrower.id = message.borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = message.borrower
WHERE letter.batch = :batch AND message.text <> '' ORDER BY letter.id
"""
_THINGS = """
SELECT about.message, loan.id, loan.due_at, category.names,
       CASE WHEN loan.return_site = message.site THEN '' ELSE site.short_name END AS place
FROM notifications_loan_message about
JOIN lending_loan loan ON loan.id = about.loan
JOIN inventory_category category ON category.id = loan.category
JOIN notifications_message message ON message.id = about.message
JOIN sites_site site ON site.id = loan.return_site
WHERE about.message IN :letters AND loan.returned_at IS NULL AND loan.due_at = about.due_at
ORDER BY loan.due_at, loan.id
"""
_SITE = f"""
SELECT site.name, site.street, site.postcode, site.city, site.email, site.language,
       COALESCE(NULLIF(site.phone, ''), organisation.phone) AS phone, {calendars.COLUMNS}
FROM sites_site site JOIN sites_organisation organisation ON organisation.id = site.organisation
WHERE site.id = :site
"""


class Sheets(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle says, and the place that writes it."""

    letters: tuple[LetterDocument, ...]
    place: ReturnPlace
    country: str
    city: str


async def list_waiting(actor: Principal, wanted: LetterFilter) -> LetterPage:
    """One page of the letters that wait at the actor's sites, the oldest first.

    Raises:
        SiteNotFound: the actor does not work at the site that is wanted.
    """
    await need_in_sight(actor, wanted.site_id)
    conditions, values = _conditions(actor, "message", wanted.site_id)
    after = "1 = 1"
    if wanted.after is not None:
        after = "waiting.id > :after"
        values["after"] = wanted.after
    sql = _ROWS.format(conditions=conditions, after=after)
    rows = await db.fetch(sql, moves=OF_MOVES, limit=wanted.limit + 1, **values)
    shown = tuple(_row(row) for row in rows[: wanted.limit])
    return LetterPage(shown, shown[-1].id if len(rows) > wanted.limit else None)


async def count_waiting(actor: Principal, *, site_id: UUID | None = None) -> list[WaitingAt]:
    """At which of the actor's sites letters wait, and how many."""
    conditions, values = _conditions(actor, "message", site_id)
    rows = await db.fetch(_COUNTS.format(conditions=conditions), moves=OF_MOVES, **values)
    return [WaitingAt(**row) for row in rows]


async def count_by_site(site_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many letters wait at each of these sites; none where none does."""
    conditions = "message.site IN :sites"
    rows = await db.fetch(_COUNTS.format(conditions=conditions), moves=OF_MOVES, sites=site_ids)
    return {row["site_id"]: row["letters"] for row in rows}


async def list_batches(actor: Principal, *, after: UUID | None = None, limit: int) -> BatchPage:
    """One page of the bundles of the actor's sites, the latest first."""
    conditions, values = _conditions(actor, "batch", None)
    if after is not None:
        conditions += " AND batch.id < :after"
        values["after"] = after
    rows = await db.fetch(_BATCHES.format(conditions=conditions), limit=limit + 1, **values)
    shown = tuple(Batch(**row) for row in rows[:limit])
    return BatchPage(shown, shown[-1].id if len(rows) > limit else None)


async def read_batch(actor: Principal, batch_id: UUID) -> Batch | None:
    """One bundle; None where there is none, or it is of a site the actor may not know of."""
    row = await db.fetch_one(_BATCHES.format(conditions="batch.id = :id"), id=batch_id, limit=1)
    return Batch(**row) if row and actor.sees_site(row["site_id"]) else None


async def read_sheets(batch: Batch) -> Sheets:
    """What the letters of a bundle say: to where people live now, of what they have still."""
    rows = await db.fetch(_LETTERS, batch=batch.id)
    # A loan may have reached several levels: it is named once.
    things: defaultdict[UUID, dict[UUID, db.Row]] = defaultdict(dict)
    for thing in await db.fetch(_THINGS, letters=[row["id"] for row in rows]):
        things[thing["message"]][thing["id"]] = thing
    [site] = await db.fetch(_SITE, site=batch.site_id)
    place = ReturnPlace(
        name=site["name"],
        address=(site["street"], f"{site['postcode']} {site['city']}".strip()),
        opening_hours=site["opening_hours"],
        phone=site["phone"],
        email=site["email"],
        calendar=calendars.calendar_of(site),
    )
    return Sheets(
        letters=tuple(
            _document(row, list(things[row["id"]].values()), site["time_zone"]) for row in rows
        ),
        place=place,
        country=site["country"],
        city=site["city"],
    )


def _row(row: db.Row) -> LetterRow:
    place = row.pop("place_of")
    return LetterRow(**row, is_printed=place == 1)


def _document(row: db.Row, things: list[db.Row], time_zone: str) -> LetterDocument:
    return LetterDocument(
        language=row["language"],
        kind=row["kind"],
        recipient=(row["name"], *address_lines(row["address"])),
        text=row["text"],
        things=()
        if row["barest"]
        else tuple(
            LetterThing(
                ", ".join(
                    filter(None, (read_name(thing["names"], row["language"]), thing["place"]))
                ),
                localtime(thing["due_at"], time_zone),
            )
            for thing in things
        ),
    )


def address_lines(address: str) -> list[str]:
    """An address as its lines; one that was typed on one line is cut at its commas."""
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    return [part.strip() for part in lines[0].split(",")] if len(lines) == 1 else lines


def _conditions(actor: Principal, table: str, site_id: UUID | None) -> tuple[str, dict[str, Any]]:
    conditions, values = of_own_sites(actor, f"{table}.site")
    if site_id is not None:
        conditions += f" AND {table}.site = :site_id"
        values["site_id"] = site_id
    return conditions, values
