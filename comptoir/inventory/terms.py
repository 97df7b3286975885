"""What an item is found by, and how what somebody typed is cut into words.

A word finds an item if one of its terms begins with it: its code, its serial
number or IMEI, from the front or from the back (people read out the last
digits), or a word of its notes. Terms live in a table with an index, which
both engines search by range; the words of a model's name are looked up among
the few models there are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

CODE = "c"
SERIAL = "s"
IMEI = "i"
BACKWARDS = "b"
NOTE = "n"

#: Longest term kept, and so the longest word that tells two terms apart.
LONGEST = 40
_MOST_NOTE_WORDS = 60
_MOST_WORDS = 6

#: Stands before what is kept from back to front, so that no forward word meets it.
_MARK = "~"


def fold(text: str) -> str:
    """Small letters and digits alone: no accents, no case, no hyphens or blanks."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())[:LONGEST]


def words(text: str) -> tuple[str, ...]:
    """The first few different words of a search, folded."""
    return _distinct(text)[:_MOST_WORDS]


def backwards(word: str) -> str:
    """The term that begins with a word read from the back of a number."""
    return _MARK + word[::-1]


def terms(*, code: str, serial: str, imeis: Iterable[str], notes: str) -> list[tuple[str, str]]:
    """An item's terms, each with its kind, none twice."""
    imeis = [imei for imei in imeis if imei]
    found = [(CODE, fold(code))]
    found += [(IMEI, imei) for imei in imeis]
    if number := fold(serial):
        found.append((SERIAL, number))
    found += [(BACKWARDS, backwards(number)) for number in (fold(serial), *imeis) if number]
    found += [(NOTE, word) for word in _distinct(notes)[:_MOST_NOTE_WORDS] if len(word) > 1]
    return found


def _distinct(text: str) -> tuple[str, ...]:
    pieces = re.split(r"[\s,;/|]+", text)
    return tuple(dict.fromkeys(word for word in map(fold, pieces) if word))
