"""pfSense: a roll of vouchers, as its Captive Portal exports it.

Lines that begin with ``#`` say what roll it is; each other one is a code in quotation marks, with
a blank in front of it: the README of the program ``voucher``, which pfSense took from m0n0wall.
"""

from __future__ import annotations

import re

from comptoir.core.i18n import gettext as _
from comptoir.core.text_files import lines_of
from comptoir.inventory.vouchers.formats.reading import Entry, Reading
from comptoir.inventory.vouchers.sealing import Secret

_HEAD = re.compile(r"#\s*Voucher Tickets\b", re.IGNORECASE)
_CODE = re.compile(r'"\s*([A-Za-z0-9]{4,64})\s*"[,;]?|([A-Za-z0-9]{4,64})')


def looks_so(text: str) -> bool:
    """True if it says so in its head, or has nothing but codes in quotation marks."""
    if _HEAD.search(text[:2000]):
        return True
    lines = [line.strip() for line in lines_of(text) if line.strip()][:20]
    return bool(lines) and all(line.startswith('"') and _CODE.fullmatch(line) for line in lines)


def read(text: str) -> Reading:
    """The codes of the roll. Case tells them apart."""
    reading = Reading()
    for line, raw in enumerate(lines_of(text), 1):
        plain = raw.strip()
        if not plain or plain.startswith("#"):
            continue
        found = _CODE.fullmatch(plain)
        if found:
            reading.entries.append(Entry(line, Secret(found[1] or found[2])))
        else:
            message = _("This is no code of a roll: letters and digits in quotation marks.")
            reading.refuse(line, "pfsense-code", message)
    return reading
