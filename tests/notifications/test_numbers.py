"""Which numbers can be sent a text message."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.notifications.numbers import Line, Number, NumberProblem, read_number


@pytest.mark.parametrize(
    ("text", "region", "e164", "country", "line", "foreign"),
    [
        ("079 123 45 67", "CH", "+41791234567", "CH", Line.MOBILE, False),
        ("0041 76 555 01 10", "CH", "+41765550110", "CH", Line.MOBILE, False),
        ("+41(0)79/123.45.67", "CH", "+41791234567", "CH", Line.MOBILE, False),
        ("06 12 34 56 78", "FR", "+33612345678", "FR", Line.MOBILE, False),
        ("07.45.12.34.56", "FR", "+33745123456", "FR", Line.MOBILE, False),
        ("+33 6 12 34 56 78", "CH", "+33612345678", "FR", Line.MOBILE, True),
        ("+39 347 123 4567", "CH", "+393471234567", "IT", Line.MOBILE, True),
        ("+262 692 12 34 56", "FR", "+262692123456", "RE", Line.MOBILE, True),
        ("+1 415 555 2671", "CH", "+14155552671", "US", Line.MOBILE, True),
        ("026 555 01 10", "CH", "+41265550110", "CH", Line.FIXED, False),
        ("04 76 12 34 56", "FR", "+33476123456", "FR", Line.FIXED, False),
        ("0900 123 456", "CH", "+41900123456", "CH", Line.OTHER, False),
        ("09 70 12 34 56", "FR", "+33970123456", "FR", Line.OTHER, False),
        ("+883 5100 1234 5678", "CH", "+883510012345678", "001", Line.OTHER, True),
    ],
)
def test_a_number_is_read(
    text: str, region: str, e164: str, country: str, line: Line, foreign: bool
) -> None:
    found = read_number(text, region)
    assert found == Number(e164, country, line, foreign)
    assert found.can_text is (line is Line.MOBILE)


@pytest.mark.parametrize(
    ("text", "region", "problem"),
    [
        ("", "CH", NumberProblem.NOT_A_NUMBER),
        ("no phone", "CH", NumberProblem.NOT_A_NUMBER),
        ("+999 123 45 67", "CH", NumberProblem.COUNTRY_UNKNOWN),
        ("079 123 45 67", "", NumberProblem.COUNTRY_UNKNOWN),
        ("117", "CH", NumberProblem.TOO_SHORT),
        ("079 123", "CH", NumberProblem.TOO_SHORT),
        ("079 123 45 67 8901", "CH", NumberProblem.TOO_LONG),
        ("+33 700 12 34 56 78", "CH", NumberProblem.TOO_LONG),
        ("079" * 100, "CH", NumberProblem.TOO_LONG),
        ("099 123 45 67", "CH", NumberProblem.INVALID),
        ("079 123 45 67 89", "CH", NumberProblem.INVALID),
    ],
)
def test_what_is_no_number_is_told_by_code(text: str, region: str, problem: NumberProblem) -> None:
    assert read_number(text, region) is problem


@given(st.one_of(st.text(), st.from_regex(r"\+?[0-9 ()/.-]{1,25}")), st.sampled_from(["CH", "FR"]))
def test_any_text_is_a_number_or_a_problem(text: str, region: str) -> None:
    found = read_number(text, region)
    if isinstance(found, Number):
        assert read_number(found.e164, "IT") in (
            Number(found.e164, found.country, found.line, True),
            Number(found.e164, found.country, found.line, False),
        )


def test_the_library_is_loaded_by_the_first_question() -> None:
    program = (
        "import sys; from comptoir.notifications.numbers import read_number\n"
        "before = 'phonenumbers' in sys.modules; read_number('079 123 45 67', 'CH')\n"
        "print(before, 'phonenumbers' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.split() == ["False", "True"]
