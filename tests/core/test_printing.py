"""The ground of all printing: fonts, codes, sheets, and PDF/UA."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import PIL.Image
import PIL.ImageDraw
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.i18n import current_language, use_language
from comptoir.core.printing import pdf, typesetting
from comptoir.core.printing.code128 import MODULE, code128_symbol
from comptoir.core.printing.errors import NothingToPrint, PrintingFailed, StartOutsideSheet
from comptoir.core.printing.fonts import printable
from comptoir.core.printing.qr import qr_symbol
from comptoir.core.printing.sheets import L7160, L7163, ROLL_62, Sheet
from comptoir.core.printing.symbols import Symbol
from tests.paper import is_pdf_ua, text_of

SHEETS = [L7160, L7163, ROLL_62]


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A template of one line, in a package folder of its own."""
    monkeypatch.setattr(typesetting, "PACKAGE", tmp_path)
    path = tmp_path / "line.typ"
    path.write_text(
        '#set document(title: "Line")\n#set text(font: "Noto Sans")\n'
        "#let data = json(bytes(sys.inputs.data))\n#data.line"
    )
    return path


def decoded(symbol: Symbol, scale: int) -> tuple[str, str]:
    """The code in a symbol whose path is drawn here, rectangle by rectangle."""
    height = symbol.height if symbol.height > 1 else 30
    picture = PIL.Image.new("L", (symbol.width * scale, height * scale), 255)
    pen = PIL.ImageDraw.Draw(picture)
    for run in symbol.path.removesuffix("z").split("z"):
        place, sides = run.removeprefix("M").split("h", 1)
        x, y = (int(part) * scale for part in place.split())
        width = int(sides.split("v")[0]) * scale
        low = scale if symbol.height > 1 else height * scale
        pen.rectangle((x, y, x + width - 1, y + low - 1), fill=0)
    (code,) = zxingcpp.read_barcodes(picture)
    return str(code.format), code.text


@pytest.mark.parametrize(
    "text", ["HTTPS://LEND.EXAMPLE.ORG/T/BCDFGHJK", "https://a.b/c_d", "é" * 40, "A" * 300]
)
def test_qr_code_reads_back(text: str) -> None:
    assert decoded(qr_symbol(text), scale=4)[1] == text


def test_capital_address_makes_a_smaller_qr_code() -> None:
    address = "https://lend.example.org/t/bcdfghjk"
    assert qr_symbol(address.upper()).width < qr_symbol(address).width


def test_qr_code_reads_with_a_part_covered() -> None:
    symbol = qr_symbol("HTTPS://LEND.EXAMPLE.ORG/T/BCDFGHJK")
    middle = symbol.width // 2
    runs = [run for run in symbol.path.split("M") if run]
    spot = range(middle - 3, middle + 4)
    kept = [run for run in runs if not all(int(part) in spot for part in run.split("h")[0].split())]
    assert len(kept) < len(runs)
    worn = Symbol("".join("M" + run for run in kept), symbol.width, symbol.height, symbol.quiet)
    assert decoded(worn, scale=4)[1] == "HTTPS://LEND.EXAMPLE.ORG/T/BCDFGHJK"


@given(st.text("BCDFGHJKLNPRSTVX", min_size=8, max_size=8))
def test_bar_code_reads_back(code: str) -> None:
    assert decoded(code128_symbol(code), scale=2) == ("Code 128", code)


def test_bars_are_wide_enough_for_laser_scanners() -> None:
    assert MODULE >= 0.24
    assert code128_symbol("BCDFGHJK").width == 123 + 2 * 10


def test_characters_without_a_glyph_are_replaced() -> None:
    assert printable("Zoë Müller-Šimić, Жанна, Ελένη") == "Zoë Müller-Šimić, Жанна, Ελένη"
    assert printable("李 Diallo 😀") == "? Diallo ?"
    assert printable("a\u0301\tb\x00") == "á b "
    assert printable("desk\u200b@exam\u00adple.org\ufeff") == "desk@example.org"


@pytest.mark.parametrize("name", ["محمد الأحمد", "گلناز پژوهش\u200cگر", "ሰላም ተስፋይ", "ሙሉጌታ፡ዓለሙ"])
def test_names_in_arabic_and_ethiopic_letters_are_printed_as_written(name: str) -> None:
    assert printable(name) == name


def test_document_is_pdf_ua(template: Path) -> None:
    made = pdf.make_pdf(template, {"line": "Grüezi, ça va\u202f?"})
    assert is_pdf_ua(made)
    assert text_of(made) == "Grüezi, ça va ?"
    assert "typst" not in sys.modules  # 33 MB that no worker holds


def test_failure_names_the_place_and_none_of_the_data() -> None:
    template = typesetting.PACKAGE / "inventory" / "print" / "labels.typ"
    with pytest.raises(PrintingFailed) as failure:
        pdf.make_pdf(template, {"name": "Secret Person"})
    assert "labels.typ" in str(failure.value)
    assert "Secret" not in str(failure.value)
    assert failure.value.__cause__ is None


async def test_work_in_the_background_keeps_the_language() -> None:
    with use_language("it"):
        assert await pdf.in_background(lambda: current_language().encode()) == b"it"


def test_documents_are_made_in_several_threads(template: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda n: text_of(pdf.make_pdf(template, {"line": f"no {n}"})), range(24))
    assert list(made) == [f"no {number}" for number in range(24)]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_labels_stay_on_the_page_and_apart(sheet: Sheet) -> None:
    (page,) = sheet.pages(range(sheet.labels))
    for cell in page:
        assert 0 <= cell["x"] <= sheet.page_width - sheet.width + 0.01
        assert 0 <= cell["y"] <= sheet.page_height - sheet.height + 0.01
    assert len({(cell["x"], cell["y"]) for cell in page}) == sheet.labels


@given(st.integers(1, 60), st.integers(1, 21))
def test_labels_go_on_from_the_start_position(count: int, start: int) -> None:
    pages = L7160.pages(range(count), start)
    assert [cell["label"] for page in pages for cell in page] == list(range(count))
    whole = L7160.pages(range(21))[0]
    assert (pages[0][0]["x"], pages[0][0]["y"]) == (whole[start - 1]["x"], whole[start - 1]["y"])
    assert len(pages) == -(-(count + start - 1) // 21)


@pytest.mark.parametrize("start", [0, -1, 22, 10**9])
def test_start_outside_the_sheet_is_refused(start: int) -> None:
    with pytest.raises(StartOutsideSheet) as refusal:
        L7160.pages([1], start)
    assert refusal.value.code == "core.start-outside-sheet"
    assert refusal.value.details() == {"start": start, "labels": 21}
    assert "21" in refusal.value.message()


def test_nothing_to_print_is_refused() -> None:
    with pytest.raises(NothingToPrint) as refusal:
        L7160.pages([])
    assert refusal.value.message()
