"""Reading printed documents back, as a camera, a scanner and a reader would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import PIL.Image
import pypdfium2
import zxingcpp

DPI = 300


class Seen(NamedTuple):
    """A code that was decoded; ``x`` and ``y``, its top left, in millimetres."""

    kind: str
    text: str
    page: int
    x: float
    y: float


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """A PDF, closed again after use."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def pictures(pdf: bytes) -> list[PIL.Image.Image]:
    """Each page as a grey picture of 300 dots per inch."""
    with opened(pdf) as document:
        return [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]


def codes_on(pdf: bytes) -> list[Seen]:
    """All QR codes and Code 128 bar codes, page by page."""
    seen = []
    for number, picture in enumerate(pictures(pdf)):
        found: list[Any] = zxingcpp.read_barcodes(picture)
        for code in found:
            corner = code.position.top_left
            place = corner.x * 25.4 / DPI, corner.y * 25.4 / DPI
            kind = "QR" if "QR" in str(code.format) else "Code 128"
            seen.append(Seen(kind, code.text, number, *place))
    return seen


def text_of(pdf: bytes) -> str:
    """The text as a screen reader or a search finds it, blanks made even."""
    with opened(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())


def is_pdf_ua(pdf: bytes) -> bool:
    """True for a tagged PDF that declares PDF/UA-1 and its language."""
    marks = (b"<pdfuaid:part>1</pdfuaid:part>", b"/StructTreeRoot", b"/MarkInfo", b"/Lang")
    return all(mark in pdf for mark in marks)
