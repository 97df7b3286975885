"""The columns of any CSV: what each seems to be, and its rows once somebody has said it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from comptoir.core.i18n import gettext as _
from comptoir.core.plain_text import as_read
from comptoir.core.text_files import separator_of
from comptoir.inventory.vouchers.formats.reading import (
    Reading,
    miscounted,
    refuse_shortened,
    table_rows,
)
from comptoir.inventory.vouchers.validation import is_shortened

MOST_COLUMNS = 30
#: Rows that are shown, and that tell what a column without a name is.
_SAMPLE = 3

#: What the columns of a field are called, as ``as_read`` gives it.
Called = Mapping[str, Sequence[str]]


class Column(msgspec.Struct, frozen=True):
    """A column, what it seems to be, and the forms of some cells: digits as 9, letters as a."""

    name: str
    field: str
    shapes: tuple[str, ...]


class Table(msgspec.Struct, frozen=True):
    """The columns of a file. ``named``: the first row has their names."""

    columns: tuple[Column, ...]
    named: bool

    def labels(self, places: Mapping[str, int]) -> dict[str, str]:
        """What the columns of fields are called, by the field."""
        known = self.columns
        return {field: known[place].name for field, place in places.items() if place < len(known)}


def table_of(text: str, called: Called, guess: Callable[[Sequence[str]], str]) -> Table:
    """What columns there are, by their names; without any, ``guess`` tells it from some cells."""
    first = text.partition("\n")[0]
    rows = []
    for _line, cells in table_rows(Reading(), text, separator_of(first)):
        rows.append(cells[:MOST_COLUMNS])
        if len(rows) > _SAMPLE:
            break
    if not rows:
        return Table((), named=False)
    named = _has_names(rows, called, guess)
    below = rows[1:] if named else rows[:_SAMPLE]
    taken: set[str] = set()
    columns = []
    for place, cell in enumerate(rows[0]):
        cells = [row[place] for row in below if place < len(row)]
        field = _field_called(cell, called) if named else guess(cells)
        if field in taken:
            field = ""
        taken.add(field)
        name = cell[:60] if named else _("Column %(number)s", number=place + 1)
        columns.append(Column(name, field, tuple(map(shape, cells))))
    return Table(tuple(columns), named)


def _has_names(
    rows: Sequence[Sequence[str]], called: Called, guess: Callable[[Sequence[str]], str]
) -> bool:
    """Whether the first row has the names of columns.

    One of vouchers has none, whatever it says: a cell of it may be told by itself, or stand again
    below. Taken for a name, a code would be shown, and its row left out.
    """
    first, *below = rows
    if any(guess([cell]) for cell in first if cell):
        return False
    again = {(place, as_read(cell)) for row in below for place, cell in enumerate(row)}
    return any(
        _field_called(cell, called) and (place, as_read(cell)) not in again
        for place, cell in enumerate(first)
    )


def shape(cell: str) -> str:
    """The form of a cell, which gives nothing of it away."""
    signs = ("9" if sign.isdigit() else "a" if sign.isalpha() else sign for sign in cell[:24])
    return "".join(signs) + ("…" if len(cell) > 24 else "")


def fields_of_rows(
    reading: Reading, text: str, places: Mapping[str, int], *, named: bool
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by its line (from 1): its cells by their fields, at these places (from 0).

    A row that is not as the first one, or has a rounded number, is a problem of ``reading``.
    """
    width = 0
    rows = table_rows(reading, text, separator_of(text.partition("\n")[0]))
    for number, (line, cells) in enumerate(rows):
        width = width or len(cells)
        if number == 0 and named:
            continue
        if len(cells) != width:
            miscounted(reading, line, len(cells), width)
            continue
        values = {field: cells[place] for field, place in places.items() if place < width}
        rounded = [field for field, cell in values.items() if is_shortened(cell)]
        for field in rounded:
            refuse_shortened(reading, line, reading.columns.get(field, ""))
        if not rounded:
            yield line, values


def _field_called(name: str, called: Called) -> str:
    plain = as_read(name.replace("_", " ").replace("-", " "))
    return next((field for field, names in called.items() if plain in names), "")
