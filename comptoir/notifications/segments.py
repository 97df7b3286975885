"""How many parts a text message takes, and what makes it take more.

A text in the GSM 7-bit alphabet has 160 places, one that needs UCS-2 has 70. In parts,
each gives up six octets to the header that joins them again: 153 and 67 (3GPP TS 23.040,
section 9.2.3.24.1).
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

import msgspec

from comptoir.notifications.gsm7 import is_gsm7, septets


class Encoding(StrEnum):
    """How a text travels: all of it in the one or in the other."""

    GSM7 = "gsm-7"
    UCS2 = "ucs-2"


_ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
_JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}


class Segments(msgspec.Struct, frozen=True):
    """A text as it is sent. ``free`` places are left in its last part.

    Places are septets in the GSM alphabet, where a character of the extension table takes
    two, and 16-bit units in UCS-2, where an emoji takes two. An empty text has no part.
    """

    encoding: Encoding
    parts: tuple[str, ...]
    free: int


class Forcing(msgspec.Struct, frozen=True):
    """A character that the GSM alphabet lacks: one is enough to make a text UCS-2.

    ``name`` is its name in Unicode, as one may not see it; ``positions`` count from 0.
    """

    character: str
    name: str
    positions: tuple[int, ...]


def split(text: str) -> Segments:
    """The parts of a text, none of which ends within a character."""
    encoding = Encoding.GSM7 if is_gsm7(text) else Encoding.UCS2
    sizes = [_places(character, encoding) for character in text]
    alone, joined = _ALONE[encoding], _JOINED[encoding]
    if sum(sizes) <= alone:
        return Segments(encoding, (text,) if text else (), alone - sum(sizes))
    parts, start, used = [], 0, 0
    for position, size in enumerate(sizes):
        if used + size > joined:
            parts.append(text[start:position])
            start, used = position, 0
        used += size
    parts.append(text[start:])
    return Segments(encoding, tuple(parts), joined - used)


def places(text: str) -> int:
    """How many places a text takes: septets, or 16-bit units."""
    encoding = Encoding.GSM7 if is_gsm7(text) else Encoding.UCS2
    return sum(_places(character, encoding) for character in text)


def most_places(text: str, parts: int) -> int:
    """How many places so many parts have, in the encoding that a text needs."""
    return _JOINED[Encoding.GSM7 if is_gsm7(text) else Encoding.UCS2] * parts


def forcing(text: str) -> tuple[Forcing, ...]:
    """What makes a text UCS-2, in the order in which it comes; empty: nothing does."""
    found: dict[str, list[int]] = {}
    for position, character in enumerate(text):
        if not septets(character):
            found.setdefault(character, []).append(position)
    return tuple(
        Forcing(each, unicodedata.name(each, f"U+{ord(each):04X}"), tuple(positions))
        for each, positions in found.items()
    )


def _places(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return septets(character)
    return 2 if ord(character) > 0xFFFF else 1
