"""What lending adds to pages of lower floors.

On an item's page, who has it; on that of a site's closures, whom to tell of them;
on that of its hours, how many loans are due outside them.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.core.web import panels
from comptoir.core.web.panels import Fill, Panel
from comptoir.inventory.pages.detail import SLOT
from comptoir.inventory.permissions import let_read
from comptoir.lending.closures.announcements import announced_at
from comptoir.lending.loans.listing import LoanFilter, LoanState, list_loans
from comptoir.lending.loans.outside_hours import outside_hours
from comptoir.sites.exceptions.pages import SLOT as DAYS
from comptoir.sites.hours_pages import SLOT as HOURS

_PAST_SHOWN = 3


async def item_loans(about: Fill) -> Panel | None:
    """The open loan of an item, and the last ones before it."""
    row = await db.fetch_one("SELECT code FROM inventory_item WHERE id = :id", id=about.subject_id)
    if row is None:
        return None
    open_loans, past = [
        (
            await list_loans(
                about.principal,
                LoanFilter(state=state, item=row["code"], limit=_PAST_SHOWN),
                now=about.now,
            )
        ).rows
        for state in (LoanState.OPEN, LoanState.CLOSED)
    ]
    if not open_loans and not past:
        return None
    return Panel("lending/_item_loans.html", {"open": open_loans, "past": past, "now": about.now})


async def moved_at_site(about: Fill) -> Panel | None:
    """What a site announced for today and later, where it moved due dates."""
    yesterday = about.now - timedelta(days=1)
    found = await announced_at(about.subject_id, since=yesterday)
    return Panel("lending/_moved_at_site.html", found) if found else None


async def loans_outside_hours(about: Fill) -> Panel | None:
    """How many open loans are due when the door of a site is shut by its present hours."""
    count = await outside_hours(about.subject_id, now=about.now)
    return Panel("lending/_outside_hours.html", count) if count else None


async def reads_by_loan(actor: Principal, item_id: UUID) -> bool:
    """Whether a loan of the item is in the actor's lists: then they may read what it is."""
    row = await db.fetch_one(
        "SELECT 1 AS listed FROM lending_loan loan "
        "WHERE loan.item = :item_id AND (loan.site IN :sites OR loan.return_site IN :sites) "
        "LIMIT 1",
        item_id=item_id,
        sites=list(actor.site_ids),
    )
    return row is not None


def register() -> None:
    """Fill the slots that lower floors offer."""
    let_read(reads_by_loan)
    panels.register(SLOT, item_loans)
    panels.register(DAYS, moved_at_site)
    panels.register(HOURS, loans_outside_hours)
