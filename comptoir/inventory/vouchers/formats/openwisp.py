"""OpenWISP RADIUS: users in batches, five columns without a line of names.

``username,password,email,firstname,lastname``; a password that can be read has ``cleartext$`` in
front, others are hashes of Django's form: the documentation of openwisp-radius, "Importing users".
Where a name is missing, that system makes one of its own, which nobody here can know.
"""

from __future__ import annotations

import re

from comptoir.core.i18n import gettext as _
from comptoir.core.text_files import lines_of, separator_of
from comptoir.inventory.vouchers.formats.reading import (
    Entry,
    Reading,
    miscounted,
    refuse_shortened,
    table_rows,
)
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.validation import is_shortened

_COLUMNS = 5
_CLEAR = "cleartext$"
_HASH = re.compile(r"[a-z0-9_]+\$[^$]*\$.+")
_NAMES = ["username", "password", "email", "firstname", "lastname"]


def _is_email(cell: str) -> bool:
    return "@" in cell and " " not in cell


def looks_so(text: str) -> bool:
    """True if its lines have five cells, the third of which is an e-mail address or empty."""
    lines = [line for line in lines_of(text) if line.strip()][:20]
    rows = [line.split(separator_of(line)) for line in lines]
    cells = [[cell.strip(' "') for cell in row] for row in rows]
    fit = [row for row in cells if len(row) == _COLUMNS and (not row[2] or _is_email(row[2]))]
    told = any(row[1].startswith(_CLEAR) or _is_email(row[2]) for row in fit)
    return told and len(fit) * 2 > len(cells)


def read(text: str) -> Reading:
    """Names and passwords. Who a user is (e-mail, name) is not taken over."""
    reading = Reading(columns={"user": "username", "code": "password"})
    rows = list(table_rows(reading, text, separator_of(text.partition("\n")[0])))
    whole = [row for row in rows if len(row[1]) == _COLUMNS]
    swapped = [
        cells for _line, cells in whole if not _is_email(cells[2]) and any(map(_is_email, cells))
    ]
    if swapped and len(swapped) * 2 > len(whole):
        message = _(
            "The columns are in another order than %(names)s. Choose “another CSV file” "
            "and say what each column is.",
            names=", ".join(_NAMES),
        )
        reading.refuse(rows[0][0], "columns-swapped", message)
        return reading
    for line, cells in rows:
        if [cell.casefold() for cell in cells] == _NAMES:
            continue
        if len(cells) != _COLUMNS:
            miscounted(reading, line, len(cells), _COLUMNS)
        elif is_shortened(cells[0]) or is_shortened(cells[1]):
            refuse_shortened(reading, line, "username" if is_shortened(cells[0]) else "password")
        elif not cells[0]:
            message = _("The name of the user is missing.")
            reading.refuse(line, "name-missing", message, "username")
        elif cells[1].startswith(_CLEAR):
            password = cells[1].removeprefix(_CLEAR)
            reading.entries.append(Entry(line, Secret(password, user=cells[0])))
        elif not cells[1] or _HASH.fullmatch(cells[1]):
            message = _(
                "The password is missing or encrypted, so nobody can be given it. "
                "Export passwords that can be read (cleartext$…)."
            )
            reading.refuse(line, "password-unreadable", message, "password")
        else:
            reading.entries.append(Entry(line, Secret(cells[1], user=cells[0])))
    return reading
