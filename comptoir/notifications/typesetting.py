"""A message as it is printed: with the signs that a text message, in its alphabet, cannot have.

In a text message each of them doubles the price. In an e-mail, in a letter and before somebody who
reads aloud they cost nothing, and without them a text looks careless. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=\w)")
_CLOCK = r"\d{1,2}(?:[.:]\d\d)?"
_RANGE = re.compile(rf"(?<![\w.:-])({_CLOCK})-({_CLOCK})(?![\w-]|[.:]\d)")
_FRENCH_RANGE = re.compile(r"(?<![\w-])(\d{1,2}h(?:\d\d)?)-(\d{1,2}h(?:\d\d)?)(?![\w-])")
_FRENCH_CLOCK = re.compile(r"(?<![\w-])(\d{1,2})h(\d\d)?(?![\w-])")
_FRENCH_BLANK = re.compile(r" (?=[:;?!»])|(?<=«) ")
#: Nothing is broken before or behind it, and nobody sees it.
_JOINER = "\u2060"


def typeset(text: str, language: str, *, kept: Sequence[str] = ()) -> str:
    """The same text with typographic apostrophes, dashes and, in French, no-break spaces.

    Hours do not break: ``9 h – 12 h``. What is ``kept``, such as a code or a link, stays.
    """
    pieces = [each for each in kept if each]
    if not pieces:
        return _typeset(text, language)
    found = re.split("(" + "|".join(re.escape(each) for each in pieces) + ")", text)
    return "".join(
        each if place % 2 else _typeset(each, language) for place, each in enumerate(found)
    )


def _typeset(text: str, language: str) -> str:
    text = _APOSTROPHE.sub("’", text)
    if language != "fr":
        return _RANGE.sub(rf"\1–{_JOINER}\2", text)
    text = _FRENCH_RANGE.sub(f"\\1\u00a0–{_JOINER}\u00a0\\2", text)
    text = _FRENCH_CLOCK.sub(_french_clock, text)
    return _FRENCH_BLANK.sub("\u00a0", text)


def _french_clock(found: re.Match[str]) -> str:
    hour, minute = found.groups()
    return f"{hour}\u00a0h\u00a0{minute}" if minute else f"{hour}\u00a0h"
