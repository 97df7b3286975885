"""Readable addresses of sites: ``fribourg-espace-numerique`` for "Fribourg, Espace numérique"."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

#: Characters of what is made of a name; longer ones end after a word. A number may follow.
LONGEST = 60
#: What can be in the address of a site; nothing else is looked for.
SLUG = re.compile(r"[a-z0-9-]{1,80}")
#: Letters that do not come apart into a plain one and a mark.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "þ": "th"})
#: Addresses below ``/places`` that are something else.
_RESERVED = frozenset({"data-inclusion"})


def slug_of(name: str, city: str) -> str:
    """What the address of a site begins with: letters from a to z, digits and hyphens.

    A name in another script has none; the town stands for it then, or the word "place".
    """
    slug = plain(name) or plain(city) or "place"
    return f"{slug}-1" if slug in _RESERVED else slug


def slugs_of(name: str, city: str) -> Iterator[str]:
    """The same, then with numbers behind without end: other sites may have it."""
    slug = slug_of(name, city)
    yield slug
    for number in itertools.count(2):
        yield f"{slug}-{number}"


def plain(text: str) -> str:
    """A text as far as it goes into an address; empty where nothing of it does."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = "".join(sign for sign in parts if not unicodedata.combining(sign))
    slug = "-".join(re.findall(r"[a-z0-9]+", letters))
    if len(slug) <= LONGEST:
        return slug
    return slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]
