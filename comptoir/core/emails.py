"""E-mail addresses, as far as they can be told from other texts."""

from __future__ import annotations

import re
import unicodedata

# What HTML's e-mail field takes, and letters of all scripts.
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+")
_FILLERS = "\u115f\u1160\u3164\uffa0"


def clean_email(text: str) -> str:
    """An address as it was meant: what comes with a pasted one and cannot be seen is left out.

    Those are blanks around it, characters of format such as U+200B, and the letters
    of Korean that only keep a place.
    """
    return "".join(sign for sign in text if not _is_unseen(sign)).strip()


def _is_unseen(sign: str) -> bool:
    return sign in _FILLERS or unicodedata.category(sign) == "Cf"


def is_email(text: str) -> bool:
    """True if the text may be an e-mail address; only a message shows that it is one."""
    return _EMAIL.fullmatch(text) is not None
