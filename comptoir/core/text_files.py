"""Files that people upload: their text, and their rows, whatever a spreadsheet made of them.

Pure. What cannot be read is an exception without words; whoever reads a kind of file has them.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator

#: What a spreadsheet parts the cells of a row with.
SEPARATORS = ",;\t"
#: So much of a file's beginning tells its encoding.
_LOOKED_AT = 200


class NoText(Exception):
    """The bytes are no text: a picture, or a spreadsheet's own format."""


class UnreadableFrom(Exception):
    """From this line on (from 1), a file is no table: a quotation mark is missing, or too many."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def text_of(content: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16, with or without a mark at its front, or Windows-1252.

    Raises:
        NoText: it is none.
    """
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not text.startswith("PK"):  # a spreadsheet's own format
            return text.removeprefix("\ufeff")
    raise NoText


def _encodings(content: bytes) -> tuple[str, ...]:
    # Spreadsheets call UTF-16 "Unicode text", and mark it as such; programs may leave it out.
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ("utf-16",)
    start = content[:_LOOKED_AT]
    if start.count(0) * 4 > len(start):
        first = start[::2].count(0)
        return ("utf-16-be",) if first * 2 > start.count(0) else ("utf-16-le",)
    return ("utf-8-sig", "windows-1252")


def separator_of(line: str) -> str:
    """What parts the cells of a row: the one of these that it has most of."""
    return max(SEPARATORS, key=line.count)


def lines_of(text: str) -> list[str]:
    """The lines of a text as an editor counts them: no other sign than CR and LF ends one."""
    return re.split(r"\r\n|\r|\n", text)


def rows_of(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins in (from 1); a cell may go over several.

    Raises:
        UnreadableFrom: while it is read.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableFrom(line) from None
        yield line, cells
        line = reader.line_num + 1
