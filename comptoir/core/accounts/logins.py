"""User names and names of people, as they are stored."""

from __future__ import annotations

import re
import unicodedata

from comptoir.core.accounts.errors import LoginUnfit, NameMissing
from comptoir.core.plain_text import clean_line, says_something

_LOGIN = re.compile(r"[\w.@-]{2,80}")


def normal_login(text: str) -> str:
    """One form for what a person means by their user name: capitals do not matter."""
    return unicodedata.normalize("NFKC", text.strip()[:200]).casefold()


def check_login(text: str) -> str:
    """The user name as it is stored.

    Raises:
        LoginUnfit: it has other signs, or is too short or too long.
    """
    login = normal_login(text)
    if not _LOGIN.fullmatch(login) or clean_line(login) != login:
        raise LoginUnfit
    return login


def check_name(text: str) -> str:
    """A person's name as it is stored.

    Raises:
        NameMissing: it is empty, or too long.
    """
    name = clean_line(text)
    if not says_something(name) or len(name) > 120:
        raise NameMissing
    return name
