"""E-mail addresses, as far as they can be told from other texts."""

from __future__ import annotations

import re

# What HTML's e-mail field takes, and letters of all scripts.
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+")


def is_email(text: str) -> bool:
    """True if the text may be an e-mail address; only a message shows that it is one."""
    return _EMAIL.fullmatch(text) is not None
