"""The GSM 7-bit default alphabet and its extension table.

Source: 3GPP TS 23.038 (formerly GSM 03.38), sections 6.2.1 and 6.2.1.1. National
language tables are left out: most gateways do not send them.
"""

from __future__ import annotations

#: By code, from 0x00 to 0x7F. At 0x1B stands the escape, which no text has.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Each takes two: an escape, and the letter at its own code.
EXTENSION = "\f^{}\\[~]|€"

_SEPTETS = dict.fromkeys(BASIC, 1) | dict.fromkeys(EXTENSION, 2)
del _SEPTETS["\x1b"]


def septets(character: str) -> int:
    """How many septets a character takes: 1, 2, or 0 where the alphabet has it not."""
    return _SEPTETS.get(character, 0)


def is_gsm7(text: str) -> bool:
    """True if the alphabet has every character of a text."""
    return _SEPTETS.keys() >= set(text)
