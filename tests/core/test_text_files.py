"""Files as texts and rows: in every usual encoding, and never more lines than there are."""

from __future__ import annotations

import pytest

from comptoir.core.text_files import UnreadableFrom, lines_of, rows_of, separator_of, text_of


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_a_text_is_read_in_each_usual_encoding(encoding: str) -> None:
    assert text_of("Prénom;Größe\n".encode(encoding)) == "Prénom;Größe\n"


def test_rows_begin_in_the_lines_that_an_editor_shows() -> None:
    rows = list(rows_of('a;b\r\n"c\r\nd";e\r\nf;g', separator_of("a;b")))
    assert rows == [(1, ["a", "b"]), (2, ["c\r\nd", "e"]), (4, ["f", "g"])]
    assert lines_of("a\u0085b\u2028c\r\nd\re") == ["a\u0085b\u2028c", "d", "e"]


def test_a_quotation_mark_that_is_missing_is_told_by_its_line() -> None:
    with pytest.raises(UnreadableFrom) as unreadable:
        list(rows_of('a;b\n"c;d\n', ";"))
    assert unreadable.value.line == 2
