"""Borrowers' cards as rows: issued, replaced, looked up. ``lending.cards`` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.inventory.free_codes import also_carried, free_codes
from comptoir.lending.borrowers.errors import CardChanged, CardMissing
from comptoir.lending.borrowers.schemas import CardLookup
from comptoir.lending.borrowers.visibility import find_visible
from comptoir.lending.cards import Card
from comptoir.lending.tables import BorrowerCard


async def issue_card(
    actor: Principal, borrower_id: UUID, *, replaces: str | None = None, now: datetime
) -> str:
    """Give a borrower a card; give its code.

    ``replaces`` is the code of the card they have, as far as the actor knows.
    From now on the old one is refused.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
        CardChanged: they have another card than ``replaces`` by now.
    """
    async with db.transaction():
        await find_visible(actor, borrower_id, lock=True)
        live = await db.fetch_one(
            "SELECT code FROM lending_borrower_card WHERE borrower = :id AND revoked_at IS NULL",
            id=borrower_id,
        )
        if (live["code"] if live else None) != replaces:
            raise CardChanged
        await BorrowerCard.update({BorrowerCard.revoked_at: now}).where(
            (BorrowerCard.borrower == borrower_id) & BorrowerCard.revoked_at.is_null()
        )
        [code] = await free_codes(1)
        await BorrowerCard(id=new_id(), borrower=borrower_id, code=code, issued_at=now).save()
        await audit.record(
            actor,
            "borrower.card_replaced" if replaces else "borrower.card_issued",
            "borrower",
            borrower_id,
            now=now,
        )
    return code


async def look_up_card(code: str) -> CardLookup | None:
    """Whose card carries a code (eight letters), replaced or not; None if no card does.

    Whoever holds a card shows it, so this asks nothing of who looks.
    """
    row = await db.fetch_one(
        "SELECT borrower, revoked_at FROM lending_borrower_card WHERE code = :code", code=code
    )
    return CardLookup(row["borrower"], row["revoked_at"] is not None) if row else None


async def printable_card(actor: Principal, borrower_id: UUID) -> tuple[Card, str]:
    """The card to draw, with the line of who owns it, and the borrower's language.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
        CardMissing: they have no card.
    """
    borrower = await find_visible(actor, borrower_id)
    row = await db.fetch_one(
        """
        SELECT card.code, organisation.return_to
        FROM lending_borrower_card AS card
        LEFT JOIN sites_site AS site ON site.id = COALESCE(CAST(:site_id AS uuid), (
            SELECT site FROM lending_borrower_site WHERE borrower = card.borrower
            ORDER BY id LIMIT 1))
        LEFT JOIN sites_organisation AS organisation ON organisation.id = site.organisation
        WHERE card.borrower = :id AND card.revoked_at IS NULL
        """,
        id=borrower_id,
        site_id=actor.site_id,
    )
    if row is None:
        raise CardMissing
    return Card(row["code"], row["return_to"] or ""), borrower["language"]


async def codes_of_cards(tried: Sequence[str]) -> set[str]:
    """Those of some codes that a card carries, replaced or not."""
    rows = await db.fetch(
        "SELECT code FROM lending_borrower_card WHERE code IN :codes", codes=[*tried]
    )
    return {row["code"] for row in rows}


also_carried(codes_of_cards)
