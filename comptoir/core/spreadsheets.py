"""Texts as cells of a table that somebody opens in a spreadsheet, which must not run them."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_formula(text: str) -> bool:
    """True if a spreadsheet would calculate the text (OWASP, CSV injection)."""
    return text.lstrip(" \u00a0").startswith(_FORMULA) or text[:1] in _FORMULA


def safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would calculate it."""
    return f"'{text}" if is_formula(text) else text
