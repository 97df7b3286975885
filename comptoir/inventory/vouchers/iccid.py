"""The number of a SIM card, as its barcode holds it (ITU-T E.118). Pure."""

from __future__ import annotations

import re

from comptoir.inventory.imei import luhn_valid

#: 89 for telecommunications, then country, issuer and account, and last a check digit.
_ICCID = re.compile(r"89[0-9]{17,18}")
_BETWEEN = re.compile(r"[\s./\u2010-\u2015-]+")


def digits_of(text: str) -> str:
    """What was scanned or typed, without what stands between the digits, and without its end.

    A card keeps 19 digits in ten octets: the last half octet is an F, and some print it.
    """
    digits = _BETWEEN.sub("", text)
    return digits[:-1] if digits[-1:] in ("F", "f") else digits


def looks_like_iccid(text: str) -> bool:
    """True if it has the form of one, whether its check digit fits or not."""
    return _ICCID.fullmatch(digits_of(text)) is not None


def read_iccid(text: str) -> str | None:
    """The 19 or 20 digits of an ICCID, or None if it is none. The last one is Luhn's."""
    digits = digits_of(text)
    return digits if _ICCID.fullmatch(digits) and luhn_valid(digits) else None
