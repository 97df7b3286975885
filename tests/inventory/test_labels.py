"""Label sheets: printed, photographed, and read back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.core.i18n import LANGUAGES
from comptoir.core.printing.errors import StartOutsideSheet
from comptoir.core.printing.sheets import Sheet
from comptoir.inventory import codes
from comptoir.inventory.labels import SHEETS, Label, render_labels
from tests.paper import codes_on, is_pdf_ua, opened, text_of

URL = "https://lend.example.org"
RETURN_TO = "Maison du Quai, Rue de la Sarine 3, 1700 Fribourg"


def some_labels(count: int) -> list[Label]:
    return [Label(codes.new_code(), f"ThinkPad T14 {n}", RETURN_TO) for n in range(count)]


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.name)
@pytest.mark.parametrize(
    "url", [URL, "http://192.168.100.100:8000", "https://" + "long-name." * 5 + "example.org"]
)
def test_every_code_on_every_sheet_is_decoded(sheet: Sheet, url: str) -> None:
    labels = some_labels(sheet.labels + 2)
    seen = codes_on(render_labels(labels, sheet, 1, url, "fr"))
    assert {code.text for code in seen if code.kind == "QR"} == {
        codes.url(url, codes.Kind.ITEM, label.code) for label in labels
    }
    assert {code.text for code in seen if code.kind == "Code 128"} == {
        label.code for label in labels
    }
    assert len(seen) == 2 * len(labels)
    assert {codes.read(code.text) for code in seen} == {label.code for label in labels}


@pytest.mark.parametrize(("name", "start"), [("L7160", 5), ("L7160", 21), ("L7163", 4)])
def test_first_label_is_where_the_used_sheet_is_free(name: str, start: int) -> None:
    sheet = SHEETS[name]
    labels = some_labels(3)
    seen = codes_on(render_labels(labels, sheet, start, URL, "de"))
    for number, label in enumerate(labels, start - 1):
        page, position = divmod(number, sheet.labels)
        row, column = divmod(position, sheet.columns)
        left = sheet.left + column * (sheet.width + sheet.gap_x)
        top = sheet.top + row * (sheet.height + sheet.gap_y)
        for code in seen:
            if codes.read(code.text) == label.code:
                assert code.page == page
                assert left < code.x < left + sheet.width
                assert top < code.y < top + sheet.height


def test_start_outside_the_sheet_is_refused() -> None:
    with pytest.raises(StartOutsideSheet):
        render_labels(some_labels(1), SHEETS["L7163"], 15, URL, "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_label_has_its_words_in_each_language(language: str) -> None:
    (label,) = some_labels(1)
    made = render_labels([label], SHEETS["L7160"], 1, URL, language)
    assert is_pdf_ua(made)
    assert f"/Lang({language})".encode() in made
    for words in (label.model, codes.display(label.code), RETURN_TO):
        assert words in text_of(made)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.name)
@pytest.mark.parametrize("text", ["Convertible notebook " * 40, "Donaudampfschifffahrt" * 40])
def test_long_texts_stay_on_their_label(sheet: Sheet, text: str) -> None:
    label = Label("BCDFGHJK", text, text)
    made = render_labels([label] * sheet.labels, sheet, 1, URL, "fr")
    assert len(codes_on(made)) == 2 * sheet.labels
    places = [
        (sheet.left + column * (sheet.width + sheet.gap_x), sheet.top + row * sheet.height)
        for row in range(sheet.rows)
        for column in range(sheet.columns)
    ]
    with opened(made) as document:
        assert len(document) == 1
        words = document[0].get_textpage()
        for number in range(words.count_rects()):
            x0, y0, x1, y1 = (length / 72 * 25.4 for length in words.get_rect(number))
            y0, y1 = sheet.page_height - y1, sheet.page_height - y0
            assert any(
                left <= x0 <= x1 <= left + sheet.width and top <= y0 <= y1 <= top + sheet.height
                for left, top in places
            )


def test_label_without_a_place_to_return_to() -> None:
    made = render_labels([Label("BCDFGHJK", "iPhone SE")], SHEETS["L7160"], 1, URL, "en")
    assert text_of(made) == "iPhone SE BCDF-GHJK"


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_printed(model: str, place: str) -> None:
    made = render_labels([Label("BCDFGHJK", model, place)], SHEETS["L7160"], 1, URL, "fr")
    assert "BCDF-GHJK" in text_of(made)


def test_thousand_labels_take_seconds_not_minutes() -> None:
    """A loose bound, of processor time: ``make bench`` holds the real one, of three seconds."""
    labels = some_labels(1000)
    start = time.process_time()
    made = render_labels(labels, SHEETS["L7160"], 1, URL, "fr")
    assert time.process_time() - start < 20
    with opened(made) as document:
        assert len(document) == 48
