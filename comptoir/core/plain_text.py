"""Texts that people enter, as they are kept: nothing in them that cannot be seen.

Names are printed on labels and on public pages. What comes along with a pasted text, or
is put there on purpose, must not hide in them or turn the writing around.
"""

from __future__ import annotations

import re
import unicodedata

from comptoir.core.i18n import gettext as _

#: They join or part the letters of Persian and of scripts of India, and the signs of emoji.
JOINERS = "\u200c\u200d"
#: Letters of Korean that only keep a place.
_FILLERS = "\u115f\u1160\u3164\uffa0"
#: Controls, half surrogate pairs, what Unicode does not know, and what is private.
_NO_TEXT = frozenset(("Cc", "Cs", "Cn", "Co"))


def clean_line(text: str) -> str:
    """One line of text as it is kept: in NFC, with single blanks."""
    text = unicodedata.normalize("NFC", text)
    if text.isprintable() and not any(sign in text for sign in _FILLERS):
        return " ".join(text.split())  # nearly every text: files have hundreds of thousands
    signs = (sign for sign in text if not is_unseen(sign))
    return " ".join("".join(map(_blank_if_no_text, signs)).split())


def clean_text(text: str) -> str:
    """Several lines of text as they are kept: at most one empty one in between."""
    lines = [clean_line(line) for line in re.split(r"\r\n|\r|\n", text)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def says_something(text: str) -> bool:
    """True if there is a letter or a digit in it."""
    return any(sign.isalnum() for sign in text if sign not in _FILLERS)


def name_taken() -> str:
    """What is said of a name that something else of its kind has."""
    return _("There is one of this name already. Use that one, or choose another name.")


def same_name(one: str, other: str) -> bool:
    """True if a person would take the two for one: capitals, accents and blanks apart."""
    return as_read(one) == as_read(other)


def as_read(text: str) -> str:
    """What two texts have in common that a person would take for one; to compare only."""
    plain = unicodedata.normalize("NFKD", clean_line(text))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def is_unseen(sign: str) -> bool:
    """True for a character that only formats (U+200B, U+202E, U+FEFF) or keeps a place."""
    return sign in _FILLERS or (unicodedata.category(sign) == "Cf" and sign not in JOINERS)


def _blank_if_no_text(sign: str) -> str:
    return " " if unicodedata.category(sign) in _NO_TEXT else sign
