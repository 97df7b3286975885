"""Texts as they are kept, wherever they were entered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.plain_text import clean_line, clean_text, says_something


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("  Guichet\t de\r\nFribourg ", "Guichet de Fribourg"),
        ("\ufeffGui\u200bchet\u202e", "Guichet"),
        ("a\x1bb\x7fc\x80d\uffffe", "a b c d e"),
        ("e\u0301te\u0301", "été"),
        ("\u3164\u115f", ""),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_a_line_keeps_what_can_be_seen(entered: str, kept: str) -> None:
    assert clean_line(entered) == kept


def test_lines_of_a_note_stay_lines() -> None:
    assert clean_text("one\r\n\r\n\r\n\r\ntwo\u202e \x00\rthree\n") == "one\n\ntwo\nthree"


@pytest.mark.parametrize("text", ["", "\u200d", "–", "'%", "\u3164", "\u2800"])
def test_signs_alone_are_no_name(text: str) -> None:
    assert not says_something(text)


@given(st.text())
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text())
def test_something_unseen_changes_nothing_of_the_rest(text: str) -> None:
    """With it, sign by sign is looked at; without, most texts are not."""
    assert clean_line(f"{text}\u200b") == clean_line(text)
