"""Tables that somebody opens in a spreadsheet, which must neither run nor spoil what is in them.

Fields are separated by semicolons, as the spreadsheets of our countries expect; the mark at the
front says that the text is UTF-8. A text that a spreadsheet would take for a formula gets an
apostrophe before it (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: What tells a spreadsheet that the text is UTF-8.
_MARK = b"\xef\xbb\xbf"
#: What makes a text of whatever follows it in a cell.
_TEXT = "'"


def is_formula(text: str) -> bool:
    """True if a spreadsheet would calculate the text (OWASP, CSV injection)."""
    return text.lstrip(" \u00a0").startswith(_FORMULA) or text[:1] in _FORMULA


def safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would calculate it."""
    return f"{_TEXT}{text}" if is_formula(text) else text


def exact(text: str) -> str:
    """A code as a cell that keeps each of its signs: an apostrophe before it, always exactly one.

    A spreadsheet drops the noughts at the front of a number, rounds a long one, and calculates
    what begins with a plus. To have the code, take the first sign away.
    """
    return f"{_TEXT}{text}" if text else ""


def first_lines(lines: Iterable[Sequence[str]]) -> bytes:
    """How a file begins: the mark of UTF-8, and these lines."""
    return _MARK + more_lines(lines)


def more_lines(lines: Iterable[Sequence[str]]) -> bytes:
    """Lines of a file, each text safe from being calculated."""
    return plain_lines(([safe(cell) for cell in line] for line in lines), separator=";")


def plain_lines(lines: Iterable[Sequence[str]], *, separator: str) -> bytes:
    """Lines for a program that wants the cells as they are."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode()
