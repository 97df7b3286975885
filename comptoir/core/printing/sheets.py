"""Sheets of labels, and where on them printing starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from comptoir.core.printing.errors import NothingToPrint, StartOutsideSheet


class Sheet(msgspec.Struct, frozen=True):
    """A page of equal labels; all lengths in millimetres.

    ``left`` and ``top`` are the margins before the first label, ``gap_x`` and
    ``gap_y`` lie between labels. Nothing is drawn in the outer ``margin`` of a
    label. ``cut`` marks where to cut labels apart. Labels count from 1, left to right, then down.
    """

    name: str
    page_width: float
    page_height: float
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    gap_x: float = 0
    gap_y: float = 0
    margin: float = 0.7
    cut: bool = False

    @property
    def labels(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows

    def pages(self, labels: Sequence[Any], start: int = 1) -> list[list[dict[str, Any]]]:
        """Lay out labels from position ``start`` of the first sheet.

        Each is given as ``{"x": mm, "y": mm, "label": label}``.

        Raises:
            NothingToPrint: there is no label.
            StartOutsideSheet: the sheet has no such position.
        """
        if not labels:
            raise NothingToPrint
        if not 1 <= start <= self.labels:
            raise StartOutsideSheet(start, self.labels)
        pages: list[list[dict[str, Any]]] = []
        for number, label in enumerate(labels, start - 1):
            page, position = divmod(number, self.labels)
            if page == len(pages):
                pages.append([])
            row, column = divmod(position, self.columns)
            x = self.left + column * (self.width + self.gap_x)
            y = self.top + row * (self.height + self.gap_y)
            pages[page].append({"x": x, "y": y, "label": label})
        return pages


A4 = (210.0, 297.0)

#: Avery L7160: 21 labels of 63.5 × 38.1 mm.
L7160 = Sheet(
    "L7160", *A4, width=63.5, height=38.1, columns=3, rows=7, left=7.25, top=15.15, gap_x=2.5
)
#: Avery L7163: 14 labels of 99.1 × 38.1 mm.
L7163 = Sheet(
    "L7163", *A4, width=99.1, height=38.1, columns=2, rows=7, left=4.65, top=15.15, gap_x=2.5
)
#: A continuous roll 62 mm wide, such as Brother's DK-22205: one label a page.
ROLL_62 = Sheet("62mm", page_width=62.0, page_height=38.0, width=62.0, height=38.0, margin=1.5)

#: The size of a bank card (ISO/IEC 7810, ID-1), one a page for a card printer…
CARD = Sheet("card", page_width=85.6, page_height=54.0, width=85.6, height=54.0, margin=2.7)
#: … or ten on plain paper, to be cut.
CARDS_A4 = Sheet(
    "A4", *A4, width=85.6, height=54.0, columns=2, rows=5, left=19.4, top=13.5, margin=2.7, cut=True
)
