"""E-mail addresses, as far as they can be told from other texts."""

from __future__ import annotations

import re

from comptoir.core.plain_text import JOINERS, is_unseen

# What HTML's e-mail field takes, and letters of all scripts.
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+")


def clean_email(text: str) -> str:
    """An address as it was meant: what comes with a pasted one and cannot be seen is left out.

    Those are blanks around it, characters of format such as U+200B, and the letters
    of Korean that only keep a place.
    """
    return "".join(sign for sign in text if not (is_unseen(sign) or sign in JOINERS)).strip()


def is_email(text: str) -> bool:
    """True if the text may be an e-mail address; only a message shows that it is one."""
    return _EMAIL.fullmatch(text) is not None
