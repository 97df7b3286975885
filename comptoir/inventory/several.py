"""Numbers scanned one after another, put together into items. Pure.

Each line is a number as a scanner sends it, or several from a spreadsheet. For
a model with IMEI, an IMEI joins the item before it while that has room, and
anything else begins the next item. Fifteen digits are an IMEI, though a wrong one.
A lone hyphen is an item without a number.
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
            imei = read_imei(part) or _mistyped(part, place) if imei_count else None
            if imei and found and len(found[-1].imeis) < imei_count and found[-1] != Numbers():
                found[-1] = Numbers(found[-1].serial, (*found[-1].imeis, imei))
            elif imei:
                found.append(Numbers("", (imei,)))
            elif part == WITHOUT_NUMBER:
                found.append(Numbers())
            else:
                found.append(Numbers(part))
    return found


def _mistyped(part: str, place: int) -> str | None:
    """What is meant to be an IMEI and is none: kept as one, to be refused on its line.

    After the first number of a line, one digit too few or too many is a slip too.
    """
    digits = part.isascii() and part.isdecimal()
    return part if digits and (len(part) == 15 or (place and len(part) >= 14)) else None


def write_numbers(numbers: list[Numbers]) -> str:
    """The text that ``read_numbers`` reads as these items: one line each."""
    lines = (" ".join((each.serial, *each.imeis)).strip() for each in numbers)
    return "".join(f"{line or WITHOUT_NUMBER}\n" for line in lines)
