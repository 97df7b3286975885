"""Letters on paper: a page each, tagged, and through the window only whom they are for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from comptoir.core.i18n import LANGUAGES, use_language
from comptoir.lending.agreement_pdf import ReturnPlace
from comptoir.notifications.letters.paper import LetterDocument, LetterThing, render_letters
from comptoir.notifications.letters.queries import address_lines
from comptoir.notifications.letters.windows import FRENCH, SWISS, Box, position_in
from tests.paper import is_pdf_ua, opened, text_of

MM = 72 / 25.4
DUE = datetime(2026, 10, 9, 17, 0, tzinfo=ZoneInfo("Europe/Zurich"))
PLACE = ReturnPlace(
    "Service social de la ville et de ses environs, guichet des prêts",
    ("Rue de Lausanne 12", "1700 Fribourg"),
    "Mo 09:00-12:00,13:30-18:00; Tu-Fr 09:00-17:00",
    "+41265550110",
    "un.tres.long.nom.de.guichet@service-social.example",
)
RECIPIENT = ("Jean-Luc Genoud", "c/o Association", "Rue du Pont 1", "1700 Fribourg")
LONG = ("Wilhelmina " * 6, *(f"Line {number} of a long address, 12345" for number in range(6)))
THINGS = tuple(LetterThing(f"Ordinateur {number}", DUE) for number in range(12))


def letter(language: str = "fr", **values: Any) -> LetterDocument:
    given: dict[str, Any] = {
        "language": language,
        "kind": "overdue-1",
        "recipient": RECIPIENT,
        "text": "Bonjour, petit oubli ?",
        "things": THINGS[:1],
        **values,
    }
    return LetterDocument(**given)


def printed(*letters: LetterDocument, country: str = "CH") -> bytes:
    with use_language("fr"):
        return render_letters(
            letters, PLACE, country=country, city="Fribourg", day=date(2026, 10, 13)
        )


def signs(pdf: bytes, page: int = 0) -> Iterator[tuple[str, Box]]:
    """Each sign of a page that is seen, and where."""
    with opened(pdf) as document:
        height = document[page].get_height()
        text = document[page].get_textpage()
        for number in range(text.count_chars()):
            sign = text.get_text_range(number, 1)
            if sign.strip():
                left, bottom, right, top = text.get_charbox(number)
                box = Box(left / MM, (height - top) / MM, (right - left) / MM, (top - bottom) / MM)
                yield sign, box


def within(inner: Box, outer: Box) -> bool:
    return (
        inner.left >= outer.left - 0.1
        and inner.right <= outer.right + 0.1
        and inner.top >= outer.top - 0.1
        and inner.bottom <= outer.bottom + 0.1
    )


def touches(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


@pytest.mark.parametrize("position", [SWISS, FRENCH], ids=["CH", "FR"])
def test_the_address_shows_in_each_window_wherever_the_sheet_slips(position: Any) -> None:
    for envelope in position.envelopes:
        assert within(position.address, envelope.always_shown), envelope.name


@pytest.mark.parametrize("recipient", [RECIPIENT, LONG], ids=["usual", "long"])
@pytest.mark.parametrize("country", ["CH", "FR", "DE"])
def test_through_a_window_one_sees_the_address_and_nothing_else(
    country: str, recipient: tuple[str, ...]
) -> None:
    position = position_in(country)
    pdf = printed(letter(recipient=recipient, things=THINGS), country=country)
    address = [sign for sign, box in signs(pdf) if within(box, position.address)]
    assert "".join(address).startswith(recipient[0].replace(" ", "")[:12])
    assert "".join(address).endswith(recipient[-1].replace(" ", "")[-5:])
    for sign, box in signs(pdf):
        if not within(box, position.address):
            for envelope in position.envelopes:
                assert not touches(box, envelope.ever_shown), (sign, box, envelope.name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_in_the_language_of_whom_it_is_for(language: str) -> None:
    pdf = printed(letter(language))
    text = text_of(pdf)
    assert is_pdf_ua(pdf)
    said = {
        "fr": ("Fribourg, le 13 octobre 2026", "vendredi 9 octobre 2026 à 17:00", "Mardi"),
        "de": ("13. Oktober 2026", "Freitag, 9. Oktober 2026", "Dienstag"),
        "it": ("13 ottobre 2026", "venerdì 9 ottobre 2026", "Martedì"),
        "en": ("13 October 2026", "Friday, 9 October 2026", "Tuesday"),
    }[language]
    for words in (*said, "Jean-Luc Genoud", "+41 26 555 01 10", "Bonjour, petit oubli ?"):
        assert words in text
    if language != "fr":  # that of whoever prints is the document's
        assert f"/Lang({language}" in pdf.decode("latin-1") or f"({language})" in pdf.decode(
            "latin-1"
        )


def test_each_letter_is_one_page_however_much_it_names() -> None:
    many = [letter(language, things=THINGS, text="Bonjour. " * 60) for language in LANGUAGES]
    pdf = printed(*many)
    with opened(pdf) as document:
        assert len(document) == len(many)
    assert "+4" in text_of(pdf)


def test_who_wants_the_barest_form_has_nothing_named() -> None:
    assert "Ordinateur" not in text_of(printed(letter(things=())))


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("Rue Haute 1\n1700 Fribourg", ["Rue Haute 1", "1700 Fribourg"]),
        ("Rue Haute 1, 1700 Fribourg", ["Rue Haute 1", "1700 Fribourg"]),
        (" c/o Roux, étage 2 \n\n1700 Fribourg ", ["c/o Roux, étage 2", "1700 Fribourg"]),
    ],
)
def test_an_address_on_one_line_is_cut_at_its_commas(address: str, lines: list[str]) -> None:
    assert address_lines(address) == lines
