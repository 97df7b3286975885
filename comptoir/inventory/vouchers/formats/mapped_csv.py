"""Any CSV: a table whose columns somebody says the meaning of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from comptoir.core.i18n import gettext as _
from comptoir.core.plain_text import as_read
from comptoir.core.text_files import separator_of
from comptoir.inventory.vouchers.formats.reading import (
    Entry,
    Reading,
    miscounted,
    problem,
    refuse_shortened,
    table_rows,
)
from comptoir.inventory.vouchers.iccid import read_iccid
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.validation import is_shortened

FIELDS = ("code", "user", "pin", "puk", "number")
MOST_COLUMNS = 30
#: Rows that are shown, and that tell whether columns are swapped.
_SAMPLE = 3

#: What such columns are called, as ``as_read`` gives it.
_CALLED: dict[str, tuple[str, ...]] = {
    "code": (
        "iccid", "code", "voucher", "voucher code", "sim", "sim number", "serial", "password",
        "pin code", "activation code", "activation", "lpa", "numero de carte", "numero sim",
        "bon", "gutschein", "codice", "kartennummer", "passwort", "mot de passe",
    ),
    "user": ("user", "username", "user name", "login", "benutzer", "benutzername", "utilisateur",
             "utente", "identifiant"),
    "pin": ("pin", "pin1", "pin 1"),
    "puk": ("puk", "puk1", "puk 1"),
    "number": ("msisdn", "number", "phone", "phone number", "numero", "telephone",
               "numero de telephone", "telefon", "telefonnummer", "rufnummer", "telefono"),
}  # fmt: skip


class Column(msgspec.Struct, frozen=True):
    """A column, what it seems to be, and the forms of some cells: digits as 9, letters as a."""

    name: str
    field: str
    shapes: tuple[str, ...]


class Table(msgspec.Struct, frozen=True):
    """The columns of a file. ``named``: the first row has their names."""

    columns: tuple[Column, ...]
    named: bool


def looks_so(text: str) -> bool:
    """True of any table with at least two columns."""
    first = text.partition("\n")[0]
    return first.count(separator_of(first)) > 0


def table_of(text: str) -> Table:
    """What columns there are, guessed from their names, or else from their cells."""
    first = text.partition("\n")[0]
    rows = []
    for _line, cells in table_rows(Reading(), text, separator_of(first)):
        rows.append(cells[:MOST_COLUMNS])
        if len(rows) > _SAMPLE:
            break
    if not rows:
        return Table((), named=False)
    named = any(_field_called(cell) for cell in rows[0])
    below = rows[1:] if named else rows[:_SAMPLE]
    taken: set[str] = set()
    columns = []
    for place, cell in enumerate(rows[0]):
        cells = [row[place] for row in below if place < len(row)]
        field = _field_called(cell) if named else _field_of(cells)
        if field in taken:
            field = ""
        taken.add(field)
        name = cell[:60] if named else _("Column %(number)s", number=place + 1)
        columns.append(Column(name, field, tuple(map(shape, cells))))
    return Table(tuple(columns), named)


def shape(cell: str) -> str:
    """The form of a cell, which gives nothing of it away."""
    signs = ("9" if sign.isdigit() else "a" if sign.isalpha() else sign for sign in cell[:24])
    return "".join(signs) + ("…" if len(cell) > 24 else "")


def read(text: str, mapping: Mapping[int, str], *, named: bool) -> Reading:
    """The vouchers of a table, by the field that each column is (places from 0)."""
    places = {field: place for place, field in mapping.items() if field in FIELDS}
    known = table_of(text).columns
    labels = {field: known[place].name for field, place in places.items() if place < len(known)}
    reading = Reading(columns=labels)
    if "code" not in places:
        message = _("Say which column is the code.")
        reading.problems.append(problem(1, "column-missing", message))
        return reading
    width = 0
    for number, (line, cells) in enumerate(
        table_rows(reading, text, separator_of(text.partition("\n")[0]))
    ):
        width = width or len(cells)
        if number == 0 and named:
            continue
        if len(cells) != width:
            miscounted(reading, line, len(cells), width)
            continue
        values = {field: cells[place] for field, place in places.items() if place < width}
        rounded = [field for field, cell in values.items() if is_shortened(cell)]
        for field in rounded:
            refuse_shortened(reading, line, labels.get(field, ""))
        if not rounded:
            reading.entries.append(Entry(line, _secret(values)))
    return _unless_swapped(reading, text, places, labels, named=named)


def _secret(values: Mapping[str, Any]) -> Secret:
    return Secret(**({"code": ""} | dict(values)))


def _unless_swapped(
    reading: Reading,
    text: str,
    places: Mapping[str, int],
    labels: Mapping[str, str],
    *,
    named: bool,
) -> Reading:
    """One problem instead of one for each row, where two columns were taken for each other."""
    secrets = [entry.secret for entry in reading.entries]
    other = _swapped(secrets, [field for field in FIELDS if field in places])
    if other is None:
        return reading
    first, second = (labels.get(field, field) for field in other)
    message = _(
        "The columns “%(first)s” and “%(second)s” seem to be swapped. Look at what each one is.",
        first=first,
        second=second,
    )
    swapped = Reading(columns=dict(labels))
    swapped.problems.append(problem(2 if named else 1, "columns-swapped", message))
    return swapped


def _swapped(secrets: Sequence[Secret], fields: Sequence[str]) -> tuple[str, str] | None:
    half = len(secrets) / 2

    def many(field: str, fits: Any) -> bool:
        return bool(secrets) and sum(bool(fits(getattr(each, field))) for each in secrets) > half

    for field in fields:
        if field != "code" and many(field, read_iccid) and not many("code", read_iccid):
            return "code", field
    both = "pin" in fields and "puk" in fields
    if both and many("pin", _has_eight) and many("puk", _has_four):
        return "pin", "puk"
    return None


def _has_eight(cell: str) -> bool:
    return len(cell) == 8 and cell.isdigit()


def _has_four(cell: str) -> bool:
    return len(cell) == 4 and cell.isdigit()


def _field_called(name: str) -> str:
    plain = as_read(name.replace("_", " ").replace("-", " "))
    return next((field for field, names in _CALLED.items() if plain in names), "")


def _field_of(cells: Sequence[str]) -> str:
    return "code" if cells and all(read_iccid(cell) for cell in cells) else ""
