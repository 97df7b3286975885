"""Borrowers' cards: scanned, cut, and without a name."""

from __future__ import annotations

import pytest

from comptoir.core.i18n import LANGUAGES
from comptoir.core.printing.errors import StartOutsideSheet
from comptoir.core.printing.sheets import Sheet
from comptoir.inventory import codes
from comptoir.lending.cards import FORMATS, Card, render_cards
from tests.paper import codes_on, is_pdf_ua, opened, pictures, text_of

URL = "https://lend.example.org"
RETURN_TO = "Maison du Quai, Rue de la Sarine 3, 1700 Fribourg"

every_format = pytest.mark.parametrize("sheet", FORMATS.values(), ids=lambda sheet: sheet.name)


def some_cards(count: int) -> list[Card]:
    return [Card(codes.new_code(), RETURN_TO) for _ in range(count)]


@every_format
def test_every_code_on_every_card_is_decoded(sheet: Sheet) -> None:
    cards = some_cards(sheet.labels + 1)
    seen = codes_on(render_cards(cards, sheet, 1, URL, "it"))
    assert {code.text for code in seen} == {card.code for card in cards} | {
        codes.url(URL, codes.Kind.CARD, card.code) for card in cards
    }
    assert len(seen) == 2 * len(cards)
    assert {reading.kind for reading in map(codes.scan, (code.text for code in seen))} == {
        None,
        codes.Kind.CARD,
    }


@every_format
@pytest.mark.parametrize("language", LANGUAGES)
def test_card_says_where_to_bring_it_back(sheet: Sheet, language: str) -> None:
    (card,) = some_cards(1)
    made = render_cards([card], sheet, 1, URL, language)
    assert is_pdf_ua(made)
    assert f"/Lang({language})".encode() in made
    assert codes.display(card.code) in text_of(made)
    assert RETURN_TO in text_of(made)


def test_card_for_a_card_printer_has_the_size_of_a_bank_card() -> None:
    with opened(render_cards(some_cards(2), FORMATS["card"], 1, URL, "fr")) as document:
        sizes = {tuple(round(side / 72 * 25.4, 1) for side in page.get_size()) for page in document}
        assert (len(document), sizes) == (2, {(85.6, 54.0)})


def test_sheet_of_cards_has_cut_marks_beside_the_cards_only() -> None:
    sheet = FORMATS["A4"]
    (picture,) = pictures(render_cards(some_cards(1), sheet, 10, URL, "fr"))
    dots = 300 / 25.4

    def dark(x: float, y: float) -> bool:
        left, top = round(x * dots) - 2, round(y * dots) - 2
        return min(picture.crop((left, top, left + 5, top + 5)).tobytes()) < 128

    for column in range(3):
        x = sheet.left + column * sheet.width
        assert dark(x, sheet.top - 4)
        assert dark(x, sheet.top + 5 * sheet.height + 4)
        assert not dark(x, sheet.top + 2.5 * sheet.height)
    for row in range(6):
        y = sheet.top + row * sheet.height
        assert dark(sheet.left - 4, y)
        assert dark(sheet.left + 2 * sheet.width + 4, y)
        assert not dark(sheet.left + 0.5 * sheet.width, y)


def test_start_position_of_a_used_sheet() -> None:
    sheet = FORMATS["A4"]
    seen = codes_on(render_cards(some_cards(1), sheet, 10, URL, "fr"))
    assert all(code.x > sheet.left + sheet.width for code in seen)
    assert all(code.y > sheet.top + 4 * sheet.height for code in seen)
    with pytest.raises(StartOutsideSheet):
        render_cards(some_cards(1), sheet, 11, URL, "fr")
