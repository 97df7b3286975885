"""What lending adds to pages of lower floors: on an item's page, who has it."""

from __future__ import annotations

from comptoir.core import db
from comptoir.core.web import panels
from comptoir.core.web.panels import Fill, Panel
from comptoir.inventory.pages.detail import SLOT
from comptoir.lending.loans.listing import LoanFilter, LoanState, list_loans

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
    return Panel("lending/_item_loans.html", {"open": open_loans, "past": past})


def register() -> None:
    """Fill the slots that lower floors offer."""
    panels.register(SLOT, item_loans)
