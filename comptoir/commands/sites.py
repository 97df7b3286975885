"""How a command finds the site that somebody named."""

from __future__ import annotations

from uuid import UUID

from comptoir.commands import CommandFailed
from comptoir.core import db


async def find_site(name: str | None) -> UUID | None:
    """The site of a name, short name or id, whatever its case; None for none.

    Raises:
        CommandFailed: there is no such site, or more than one; the text lists them.
    """
    if not name:
        return None
    rows = await db.fetch("SELECT id, name, short_name FROM sites_site ORDER BY name")
    wanted = name.casefold()
    found = [
        row["id"]
        for row in rows
        if wanted in (row["name"].casefold(), row["short_name"].casefold(), str(row["id"]))
    ]
    if len(found) == 1:
        site_id: UUID = found[0]
        return site_id
    known = ", ".join(row["short_name"] for row in rows) or "there is none yet"
    problem = "more than one site is" if found else "no site is"
    raise CommandFailed(f"{problem} called {name!r}. Sites: {known}.")
