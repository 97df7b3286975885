"""The languages that a member of staff may be said to speak, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable

from comptoir.core.web.formats import locale

#: ISO 639: the languages of the country and its neighbours, then those that people who
#: come to the desk speak most, as the Swiss Federal Statistical Office counts them.
SPOKEN = (
    *("fr", "de", "it", "rm", "en"),
    *("am", "ar", "bg", "bs", "el", "es", "fa", "hr", "hu", "ku", "ln", "mk", "nl", "pl", "ps"),
    *("pt", "ro", "ru", "so", "sq", "sr", "sw", "ta", "th", "ti", "tr", "uk", "vi", "wo", "zh"),
)


def language_name(code: str) -> str:
    """What a language is called in the reader's own."""
    name: str = locale().languages.get(code, code)
    return name[:1].upper() + name[1:]


def language_options() -> list[tuple[str, str]]:
    """Every language to choose from: the first five, then by name."""
    first, others = SPOKEN[:5], SPOKEN[5:]
    named = [(code, language_name(code)) for code in first]
    return named + sorted(((code, language_name(code)) for code in others), key=_by_name)


def language_names(codes: Iterable[str]) -> list[str]:
    """Names of languages, in the order of ``SPOKEN``."""
    return [language_name(code) for code in sorted(codes, key=SPOKEN.index)]


def _by_name(option: tuple[str, str]) -> str:
    return option[1].casefold()
