"""UniFi Network: the codes of the Hotspot Manager, ten digits with a hyphen in the middle.

As they are printed and copied, one in a line, or as a table with the columns of that page (Code,
Create Time, Duration, Notes, Status): UniFi Controller User Guide, "Hotspot Manager, Vouchers".
"""

from __future__ import annotations

import re

from comptoir.core.i18n import gettext as _
from comptoir.core.text_files import SEPARATORS, lines_of, separator_of
from comptoir.inventory.vouchers.formats.reading import Entry, Reading, table_rows
from comptoir.inventory.vouchers.sealing import Secret

_CODE = re.compile(r"([0-9]{5})-?([0-9]{5})")
_DASHED = re.compile(r"[0-9]{5}-[0-9]{5}")
_HEADERS = ("code", "voucher", "voucher code")


def looks_so(text: str) -> bool:
    """True if most lines begin with such a code, or the first one names its columns."""
    lines = [line for line in lines_of(text) if line.strip()][:20]
    rows = [
        [cell.strip(' "').casefold() for cell in re.split(f"[{SEPARATORS}]", line)]
        for line in lines
    ]
    if rows and rows[0][0] in _HEADERS and not {"duration", "create time"}.isdisjoint(rows[0]):
        return True
    dashed = sum(_DASHED.fullmatch(row[0]) is not None for row in rows)
    return dashed * 2 > len(rows)


def read(text: str) -> Reading:
    """The codes of all lines, as UniFi writes them."""
    reading = Reading(columns={"code": "Code"})
    place = 0
    for number, (line, cells) in enumerate(
        table_rows(reading, text, separator_of(text.partition("\n")[0]))
    ):
        names = [cell.casefold() for cell in cells]
        if number == 0 and any(name in _HEADERS for name in names):
            place = next(at for at, name in enumerate(names) if name in _HEADERS)
            continue
        found = _CODE.fullmatch(cells[place]) if place < len(cells) else None
        if found:
            reading.entries.append(Entry(line, Secret(f"{found[1]}-{found[2]}")))
        else:
            message = _("This is no UniFi code. One has ten digits, such as 12345-67890.")
            reading.refuse(line, "unifi-code", message, "Code")
    return reading
