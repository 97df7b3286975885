"""Numbers scanned one after another, put together into items. Pure.

Each line is a number as a scanner sends it, or several from a spreadsheet. For
a model with IMEI, an IMEI joins the item before it while that has room, and
anything else begins the next item. A lone hyphen is an item without a number.
"""

from __future__ import annotations

from comptoir.inventory.imei import read_imei
from comptoir.inventory.schemas import Numbers

#: More come in by several forms: nobody scans so many without looking up.
MOST_ITEMS = 500
WITHOUT_NUMBER = "-"


def read_numbers(text: str, imei_count: int) -> list[Numbers]:
    """The items of a text, in order; empty lines do not count."""
    found: list[Numbers] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        parts = line.replace(";", " ").split() if imei_count else [line.strip()]
        for place, part in enumerate(parts):
            imei = read_imei(part) if imei_count else None
            if imei and found and len(found[-1].imeis) < imei_count and found[-1] != Numbers():
                found[-1] = Numbers(found[-1].serial, (*found[-1].imeis, imei))
            elif imei:
                found.append(Numbers("", (imei,)))
            elif part == WITHOUT_NUMBER:
                found.append(Numbers())
            elif place and imei_count and part.isdecimal() and len(part) >= 14:
                # Meant to be an IMEI: kept as one, for the check to refuse it on its line.
                found[-1] = Numbers(found[-1].serial, (*found[-1].imeis, part))
            else:
                found.append(Numbers(part))
    return found


def write_numbers(numbers: list[Numbers]) -> str:
    """The text that ``read_numbers`` reads as these items: one line each."""
    lines = (" ".join((each.serial, *each.imeis)).strip() for each in numbers)
    return "".join(f"{line or WITHOUT_NUMBER}\n" for line in lines)
