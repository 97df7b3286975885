"""The rota forgets: a plan that is over would be a record of who worked when."""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.core import db

#: How long a past day stays, which only a person's own calendar still shows: a week.
KEPT_FOR = timedelta(days=7)


async def forget(*, now: datetime) -> None:
    """Delete shifts, absences, offers and left-out days that were over a week ago."""
    before = (now - KEPT_FOR).date()
    for statement in (
        "DELETE FROM sites_shift_offer WHERE day < :before",
        "DELETE FROM sites_shift_skip WHERE day < :before",
        "DELETE FROM sites_shift WHERE last_day < :before",
        "DELETE FROM sites_absence WHERE last_day < :before",
    ):
        await db.execute(statement, before=before)
