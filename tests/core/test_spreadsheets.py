"""What is opened in a spreadsheet: nothing is run, and no code is spoilt."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.spreadsheets import exact, first_lines, is_formula, more_lines, plain_lines

#: As in a cell: U+0000 and half surrogate pairs are in no text that is kept.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(st.lists(st.lists(TEXTS, min_size=1), min_size=1))
def test_what_is_written_is_read_and_never_a_formula(lines: list[list[str]]) -> None:
    text = first_lines(lines).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    for before, after in zip(lines, read, strict=True):
        assert [cell.removeprefix("'") for cell in after] == [
            cell.removeprefix("'") for cell in before
        ]
        assert not any(is_formula(cell) for cell in after)


@pytest.mark.parametrize("code", ["0041", "+41791234567", "=1+1", "'quoted", "-5", 'a;b"c', "@x"])
def test_a_code_is_had_by_taking_its_first_sign_away(code: str) -> None:
    [[cell]] = csv.reader(io.StringIO(more_lines([[exact(code)]]).decode()), delimiter=";")
    assert cell[0] == "'"
    assert cell[1:] == code


def test_nothing_stays_nothing() -> None:
    assert exact("") == ""


def test_a_line_break_stays_within_its_cell() -> None:
    assert more_lines([["one\r\ntwo", "three"]]) == b'"one\r\ntwo";three\r\n'


def test_a_file_begins_with_its_mark_and_goes_on_without() -> None:
    assert first_lines([["é"]]) == b"\xef\xbb\xbf\xc3\xa9\r\n"
    assert more_lines([["é"]]) == b"\xc3\xa9\r\n"


def test_a_program_gets_the_cells_as_they_are() -> None:
    assert plain_lines([["-1.5", "a,b"]], separator=",") == b'-1.5,"a,b"\r\n'
