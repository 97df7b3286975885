"""OPNsense: the CSV that its Captive Portal downloads when it makes vouchers.

A line of names (``username,password,vouchergroup`` and how long it is valid), then every cell in
quotation marks: ``vouchers.volt`` of opnsense/core.
"""

from __future__ import annotations

from comptoir.core.i18n import gettext as _
from comptoir.core.text_files import separator_of
from comptoir.inventory.vouchers.formats.reading import (
    Entry,
    Reading,
    miscounted,
    refuse_shortened,
    table_rows,
)
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.validation import is_shortened

_NAMES = ("username", "password", "vouchergroup")


def _names_of(line: str) -> list[str]:
    return [cell.strip(' "\r').casefold() for cell in line.split(separator_of(line))]


def looks_so(text: str) -> bool:
    """True if its first line has the names."""
    return set(_NAMES) <= set(_names_of(text.partition("\n")[0]))


def read(text: str) -> Reading:
    """Names and passwords, in whichever order the columns are."""
    reading = Reading(columns={"user": "username", "code": "password"})
    first = text.partition("\n")[0]
    names = _names_of(first)
    missing = [name for name in _NAMES if name not in names]
    if missing:
        message = _("The first line lacks columns: %(names)s.", names=", ".join(missing))
        reading.refuse(1, "columns-missing", message)
        return reading
    user, code = names.index("username"), names.index("password")
    for number, (line, cells) in enumerate(table_rows(reading, text, separator_of(first))):
        if number == 0:
            continue
        if len(cells) != len(names):
            miscounted(reading, line, len(cells), len(names))
        elif is_shortened(cells[user]) or is_shortened(cells[code]):
            refuse_shortened(reading, line, "username" if is_shortened(cells[user]) else "password")
        else:
            reading.entries.append(Entry(line, Secret(cells[code], user=cells[user])))
    return reading
