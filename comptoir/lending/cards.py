"""Borrowers' cards: a code and where to bring a lost card back, and no name.

Whoever finds one learns nothing about its owner; to be scanned at the desk is
all it is for.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import use_language
from comptoir.core.printing.sheets import CARD, CARDS_A4, L7160, Sheet
from comptoir.inventory.codes import Kind
from comptoir.inventory.labels import Tag, Wording, render_tags

#: What a person may choose from, by name: a label to stick on something, a
#: sheet of ten cards to cut out, a single card for a card printer.
FORMATS: dict[str, Sheet] = {sheet.name: sheet for sheet in (L7160, CARDS_A4, CARD)}


class Card(msgspec.Struct, frozen=True):
    """One borrower's card; ``return_to`` is the organisation's line on labels."""

    code: str
    return_to: str = ""


def render_cards(
    cards: Sequence[Card], sheet: Sheet, start: int, public_url: str, language: str
) -> bytes:
    """Cards as PDF/UA, from position ``start`` (from 1) of the first sheet.

    ``language`` is the borrower's: the card is theirs to read.

    Raises:
        NothingToPrint: there is no card.
        StartOutsideSheet: the sheet has no such position.
    """
    with use_language(language):
        tags = [Tag(card.code, _("Lending card"), card.return_to) for card in cards]
        wording = Wording(_("Lending cards"), _("Found this card? Please bring it back to:"))
        return render_tags(Kind.CARD, tags, sheet, start, public_url, wording)
