"""Cards of borrowers, to print."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from comptoir.core.api import Call, Pdf, get
from comptoir.core.printing.errors import StartOutsideSheet
from comptoir.core.printing.pdf import in_background
from comptoir.lending.borrowers.cards import printable_card
from comptoir.lending.borrowers.errors import CardMissing
from comptoir.lending.cards import FORMATS, render_cards
from comptoir.lending.errors import BorrowerNotFound


class CardQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to print on, and the first free place on it: from 1, line by line."""

    format: Annotated[
        Literal["card", "A4", "L7160"],
        msgspec.Meta(description="A bank card, a sheet of ten to cut, or a label to stick on."),
    ] = "card"
    start: Annotated[
        int, msgspec.Meta(ge=1, le=100, description="The first free place of a used sheet.")
    ] = 1


@get(
    "/borrowers/{borrower_id:uuid}/card",
    scopes=("desk", "borrowers"),
    tag="Borrowers",
    errors=(BorrowerNotFound, CardMissing, StartOutsideSheet),
)
async def print_card(call: Call, borrower_id: UUID, query: CardQuery) -> Pdf:
    """Print the card of a borrower as a PDF/UA; it holds no name."""
    card, language = await printable_card(call.actor, borrower_id)
    sheet = FORMATS[query.format]
    pdf = await in_background(render_cards, [card], sheet, query.start, call.base_url, language)
    return Pdf(pdf, "card.pdf")


ROUTES = [print_card]
