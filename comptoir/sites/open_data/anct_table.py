"""A file as a table: whatever encoding and separator a spreadsheet gave it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from comptoir.core.i18n import gettext as _
from comptoir.core.text_files import NoText, UnreadableFrom, rows_of, separator_of, text_of
from comptoir.sites.open_data import anct_terms as terms

#: The largest file that is read, in bytes, and the most rows in it: the whole national map
#: has 20,000 places.
LARGEST_FILE = 20_000_000
MOST_ROWS = 30_000


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, in which line of the file (from 1), and in which column, if in one."""

    line: int
    column: str
    code: str
    message: str


class Record(msgspec.Struct, frozen=True):
    """A row: the line that it begins in, and its cells by column, without blanks around."""

    line: int
    cells: dict[str, str]


class FileUnreadable(Exception):
    """The file is no such table."""

    def __init__(self, line: int, code: str, message: str, column: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(line, column, f"sites.import-{code}", message)


class Table:
    """The rows of a file, and the problems of those that are none.

    Raises:
        FileUnreadable: the file is no table, or its first line lacks columns, or is all of it.
    """

    def __init__(self, content: bytes) -> None:
        self.records: list[Record] = []
        self.problems: list[Problem] = []
        rows = _numbered(_decoded(content))
        _number, header = next(rows, (1, []))
        names = [name.strip() for name in header]
        _need_columns(names)
        try:
            self._read(names, rows)
        except FileUnreadable as unreadable:  # what came before is looked at all the same
            self.problems.append(unreadable.problem)
        if not self.records and not self.problems:
            message = _("The file has no rows below its first line. There is nothing to import.")
            raise FileUnreadable(1, "empty", message)

    def _read(self, names: list[str], rows: Iterator[tuple[int, list[str]]]) -> None:
        for line, cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if len(self.records) + len(self.problems) >= MOST_ROWS:
                raise FileUnreadable(
                    line,
                    "too-many-rows",
                    _("The file has more than %(most)s rows. Split it in two.", most=MOST_ROWS),
                )
            if len(cells) != len(names):
                self.problems.append(_miscounted(line, len(cells), len(names)))
                continue
            pairs = zip(names, cells, strict=True)
            self.records.append(Record(line, {name: cell.strip() for name, cell in pairs}))


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        message = _("The file is too large. Split it in two.")
        raise FileUnreadable(1, "file-too-large", message)
    try:
        return text_of(content)
    except NoText:
        message = _("This is no CSV file. In the spreadsheet, save it as “CSV UTF-8”.")
        raise FileUnreadable(1, "not-csv", message) from None


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins in; a cell may go over several."""
    try:
        yield from rows_of(text, separator_of(text.partition("\n")[0]))
    except UnreadableFrom as unreadable:
        message = _(
            "From here on the file cannot be read. A quotation mark is missing or too many, "
            "or a cell is far too long."
        )
        raise FileUnreadable(unreadable.line, "line-unreadable", message) from None


def _need_columns(names: list[str]) -> None:
    missing = [name for name in terms.REQUIRED if name not in names]
    if missing:
        message = _(
            "The first line lacks columns: %(names)s. It must have the names of the standard.",
            names=", ".join(missing),
        )
        raise FileUnreadable(1, "columns-missing", message)
    twice = [name for name in terms.COLUMNS if names.count(name) > 1]
    if twice:
        message = _("Two columns have this name. Delete one of them.")
        raise FileUnreadable(1, "column-twice", message, twice[0])


def _miscounted(line: int, found: int, wanted: int) -> Problem:
    message = _(
        "This row has %(found)s cells, the first line has %(wanted)s. "
        "Put texts that contain the separator in quotation marks.",
        found=found,
        wanted=wanted,
    )
    return Problem(line, "", "sites.import-cells-miscounted", message)
