"""Any CSV: a table whose columns somebody says the meaning of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from comptoir.core.i18n import gettext as _
from comptoir.core.text_files import separator_of
from comptoir.inventory.vouchers.formats import columns
from comptoir.inventory.vouchers.formats.columns import Table
from comptoir.inventory.vouchers.formats.reading import Entry, Reading, problem
from comptoir.inventory.vouchers.iccid import read_iccid
from comptoir.inventory.vouchers.sealing import Secret

FIELDS = ("code", "user", "pin", "puk", "number")

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


def looks_so(text: str) -> bool:
    """True of any table with at least two columns."""
    first = text.partition("\n")[0]
    return first.count(separator_of(first)) > 0


def table_of(text: str) -> Table:
    """What columns there are, guessed from their names, or else from their cells."""
    return columns.table_of(text, _CALLED, field_of)


def field_of(cells: Sequence[str]) -> str:
    """The field that a column without a name is: numbers of SIM cards are plain to see."""
    return "code" if cells and all(read_iccid(cell) for cell in cells) else ""


def read(text: str, mapping: Mapping[int, str], *, named: bool) -> Reading:
    """The vouchers of a table, by the field that each column is (places from 0)."""
    places = {field: place for place, field in mapping.items() if field in FIELDS}
    labels = table_of(text).labels(places)
    reading = Reading(columns=labels)
    if "code" not in places:
        message = _("Say which column is the code.")
        reading.problems.append(problem(1, "column-missing", message))
        return reading
    for line, values in columns.fields_of_rows(reading, text, places, named=named):
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
