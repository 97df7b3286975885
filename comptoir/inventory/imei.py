"""IMEI numbers: fifteen digits that name a phone, the last one a check digit."""

from __future__ import annotations

import re

_IMEI = re.compile(r"[0-9]{15}")


def read_imei(text: str) -> str | None:
    """The fifteen digits of a typed or scanned IMEI, or None if it is none.

    Blanks, hyphens, dots and slashes between the digits do not matter. The
    check digit is Luhn's (3GPP TS 23.003, annex B). All zeros, which broken
    phones report, would pass it and is refused.
    """
    digits = re.sub(r"[\s./-]+", "", text)
    if not _IMEI.fullmatch(digits) or not digits.strip("0"):
        return None
    return digits if luhn_valid(digits) else None


def luhn_valid(digits: str) -> bool:
    """True if the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
