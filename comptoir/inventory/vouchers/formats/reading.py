"""What a file says, read by whichever format: vouchers by line, and what is wrong with lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from comptoir.core.errors import FieldError
from comptoir.core.i18n import gettext as _
from comptoir.core.text_files import UnreadableFrom, rows_of
from comptoir.inventory.vouchers.sealing import Secret

#: How a spreadsheet keeps long digits as they are: ``="0123"``.
_KEPT_AS_TEXT = re.compile(r'="(.*)"')


class Entry(msgspec.Struct, frozen=True):
    """A voucher, and the line of the file that it begins in (from 1)."""

    line: int
    secret: Secret


class Reading(msgspec.Struct):
    """Everything in a file. ``columns`` are the names of the columns by the fields of a voucher."""

    entries: list[Entry] = []
    problems: list[FieldError] = []
    columns: dict[str, str] = {}

    def refuse(self, line: int, code: str, message: str, column: str = "") -> None:
        """Note what is wrong in a line."""
        self.problems.append(problem(line, code, message, column))


def problem(line: int, code: str, message: str, column: str = "") -> FieldError:
    """Something wrong in a line of the file; it never repeats a cell."""
    place = _("Line %(line)s", line=line)
    if column:
        place = f"{place}, {column}"
    return FieldError("file", f"inventory.{code}", f"{place}: {message}", line, column)


def table_rows(reading: Reading, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with something in them, cells without blanks around; the rest is a problem."""
    try:
        for line, cells in rows_of(text, separator):
            plain = [plain_cell(cell) for cell in cells]
            if any(plain):
                yield line, plain
    except UnreadableFrom as unreadable:
        message = _(
            "From here on the file cannot be read. A quotation mark is missing or too many, "
            "or a cell is far too long."
        )
        reading.refuse(unreadable.line, "line-unreadable", message)


def plain_cell(cell: str) -> str:
    """A cell as it is meant. A formula is a text like any other: nothing here calculates."""
    plain = cell.strip()
    kept = _KEPT_AS_TEXT.fullmatch(plain)
    return kept[1].strip() if kept else plain


def refuse_shortened(reading: Reading, line: int, column: str) -> None:
    """A number that is lost."""
    message = _(
        "A spreadsheet has rounded this number, and its last digits are lost. "
        "Take the file as it came, without opening it there."
    )
    reading.refuse(line, "number-rounded", message, column)


def miscounted(reading: Reading, line: int, found: int, wanted: int) -> None:
    """A row with other cells than the rest."""
    message = _(
        "This row has %(found)s cells, but should have %(wanted)s.", found=found, wanted=wanted
    )
    reading.refuse(line, "cells-miscounted", message)
