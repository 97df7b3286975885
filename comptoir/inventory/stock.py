"""What there is to borrow at a site just now, for its public page: a number by category."""

from __future__ import annotations

from uuid import UUID

from comptoir.core import db
from comptoir.core.web import panels
from comptoir.core.web.panels import Fill, Panel
from comptoir.inventory.names import read_name
from comptoir.inventory.statuses import ItemStatus
from comptoir.sites.public.pages import SLOT


async def to_borrow(site_id: UUID) -> list[tuple[str, int]]:
    """The names of categories in the reader's language, and how many items of each are free."""
    rows = await db.fetch(
        """
        SELECT CAST(category.names AS TEXT) AS names, COUNT(*) AS free
        FROM inventory_item item
        JOIN inventory_model model ON model.id = item.model
        JOIN inventory_category category ON category.id = model.category
        WHERE item.present_site = :site AND item.status = :available AND category.active = :yes
        GROUP BY category.id, CAST(category.names AS TEXT), category.position
        ORDER BY category.position
        """,
        site=site_id,
        available=ItemStatus.AVAILABLE,
        yes=True,
    )
    return [(read_name(row["names"]), row["free"]) for row in rows]


async def _panel(about: Fill) -> Panel:
    return Panel("inventory/_to_borrow.html", await to_borrow(about.subject_id))


def register() -> None:
    """Fill the slot of the public page."""
    panels.register(SLOT, _panel)
