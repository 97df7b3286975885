"""Which characters the fonts that come with the program can draw.

No others are used, so that a sheet looks the same on every machine.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

from comptoir.core.printing.errors import PrintingFailed
from comptoir.core.printing.typesetting import FONTS

#: All that come with the program, by their names.
FILES = tuple(
    f"{family}-{weight}.ttf"
    for family in ("NotoSans", "NotoSansArabic", "NotoSansEthiopic")
    for weight in ("Regular", "Bold")
)
#: Stands for a character that no bundled font can draw.
SUBSTITUTE = "?"
#: What stands for characters of a category that has no glyph: controls, and those of format.
_SHOWN = {"Cc": " ", "Cf": ""}
#: The one of format that spells: in Persian it keeps two letters from being joined.
_NON_JOINER = "\u200c"


def missing() -> list[str]:
    """The fonts that should be there and are not: what they alone can draw would be lost."""
    return [name for name in FILES if not (FONTS / name).is_file()]


def printable(text: str) -> str:
    """The text with what no bundled font can draw replaced.

    PDF/UA forbids a glyph that is missing, so one Chinese letter in a name would
    refuse the whole document. Control characters become blanks; characters of
    format, which are not seen on a screen either, are left out.

    Raises:
        PrintingFailed: no font is there.
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(
        sign if sign == _NON_JOINER else _SHOWN.get(unicodedata.category(sign), sign)
        for sign in composed
    )
    return _unprintable().sub(SUBSTITUTE, shown)


def is_printable(text: str) -> bool:
    """True if every character of the text can be drawn."""
    return printable(text) == unicodedata.normalize("NFC", text)


@cache
def _unprintable() -> re.Pattern[str]:
    """What no family can draw in each of its weights."""
    weights: dict[str, list[set[int]]] = {}
    for path in FONTS.glob("*.ttf"):
        weights.setdefault(path.name.partition("-")[0], []).append(_characters(path))
    if not weights:
        raise PrintingFailed("the fonts are missing")
    drawn = set().union(*(set.intersection(*fonts) for fonts in weights.values()))
    return re.compile("[^" + "".join(re.escape(chr(code)) for code in sorted(drawn)) + "]+")


def _characters(path: Path) -> set[int]:
    """The code points a TrueType file maps to a glyph.

    Reads the ``cmap`` subtable of format 4, the one for the Basic Multilingual
    Plane (OpenType specification, "cmap").
    """
    data = path.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    entries = [struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(tables)]
    cmap = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    subtables = struct.unpack_from(">H", data, cmap + 2)[0]
    starts = (
        cmap + struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)[2]
        for number in range(subtables)
    )
    table = next(start for start in starts if struct.unpack_from(">H", data, start)[0] == 4)

    segments = struct.unpack_from(">H", data, table + 6)[0] // 2
    words = f">{segments}H"
    ends = struct.unpack_from(words, data, table + 14)
    firsts = struct.unpack_from(words, data, table + 16 + 2 * segments)
    deltas = struct.unpack_from(words, data, table + 16 + 4 * segments)
    offsets_at = table + 16 + 6 * segments
    offsets = struct.unpack_from(words, data, offsets_at)

    found: set[int] = set()
    for number, (first, end, delta, offset) in enumerate(
        zip(firsts, ends, deltas, offsets, strict=True)
    ):
        for code in range(first, end + 1):
            glyph = code
            if offset:
                at = offsets_at + 2 * number + offset + 2 * (code - first)
                glyph = struct.unpack_from(">H", data, at)[0] if code != 0xFFFF else 0
            if glyph and (glyph + delta) & 0xFFFF:
                found.add(code)
    return found
