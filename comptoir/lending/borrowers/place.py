"""The site that a borrower's dates and phone numbers are understood by."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.principal import Principal


class Place(msgspec.Struct, frozen=True):
    """A site's country (ISO 3166, two letters) and time zone."""

    country: str = "CH"
    time_zone: str = "Europe/Zurich"

    def today(self, now: datetime) -> date:
        """The calendar day there."""
        return localtime(now, self.time_zone).date()

    def midnight(self, day: date) -> datetime:
        """The first moment of a day there."""
        return datetime.combine(day, datetime.min.time(), ZoneInfo(self.time_zone))


async def place_of(actor: Principal, borrower_id: UUID | None = None) -> Place:
    """Where the actor works, or else where the borrower was registered."""
    row = await db.fetch_one(
        """
        SELECT country, time_zone FROM sites_site WHERE id = COALESCE(CAST(:site_id AS uuid), (
            SELECT site FROM lending_borrower_site WHERE borrower = :borrower_id
            ORDER BY id LIMIT 1))
        """,
        site_id=actor.site_id,
        borrower_id=borrower_id,
    )
    return Place(row["country"], row["time_zone"]) if row else Place()
