"""The same text in the GSM alphabet, where that says the same.

Offered to whoever writes a text, never done behind their back. Only signs and letters of
the four languages are replaced: in a language with other letters they may tell words apart.
"""

from __future__ import annotations

import re
import unicodedata

from comptoir.notifications.gsm7 import is_gsm7

_SIGNS = {
    "…": "...",
    **dict.fromkeys("’‘‚‛′`´", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‹›", "'"),
    **dict.fromkeys("–—‐‑‒−", "-"),
    **dict.fromkeys("\u00a0\u202f\u2007\u2009\u200a\u2002\u2003\t", " "),
    # Marks for the layout, of which nobody sees anything.
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
    "•": "-",
    "·": "-",
    "→": "->",
    "œ": "oe",
    "Œ": "Oe",
    "ẞ": "SS",
}
_LETTERS = dict(zip("âêîôûëïÿçÀÂÈÊËÌÎÏÒÔÙÛŸ", "aeioueiycAAEEEIIIOOUUY", strict=True))

#: Words of French that are others without their accent: dû, sûr, tâche, maïs ... They stay.
_TOLD_APART = re.compile(
    r"\b(?:dû|sûre?s?|mûre?s?|crû|côtes?|tâches?|tâcher|pêche[rsz]?|jeûne[rsz]?|maïs)\b",
    re.IGNORECASE,
)
#: "È" alone is a word of Italian, which a typewriter writes so; a mere E is another.
_ITALIAN_IS = re.compile(r"\bÈ\b")
_QUOTED = re.compile(r"«[ \u00a0\u202f]*(.*?)[ \u00a0\u202f]*»", re.DOTALL)

_REPLACED = str.maketrans(_SIGNS | _LETTERS)


def gsm7_wording(text: str) -> str | None:
    """A text that says the same in the GSM alphabet; None where there is none.

    There is none for what is in the alphabet already, for other scripts and emoji, or where
    an accent tells two words apart.
    """
    if is_gsm7(text):
        return None
    composed = unicodedata.normalize("NFC", text)
    if _TOLD_APART.search(composed):
        return None
    offered = _QUOTED.sub(r'"\1"', _ITALIAN_IS.sub("E'", composed)).translate(_REPLACED)
    return offered if is_gsm7(offered) else None
