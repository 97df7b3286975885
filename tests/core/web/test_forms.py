"""What is read of the fields of a form."""

from __future__ import annotations

import pytest

from comptoir.core.web.forms import read_hundredths


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [
        ("899.50", 89950),
        ("1'299,5", 129950),
        ("1 299", 129900),
        ("12.", 1200),
        ("-1", -100),
        ("1.001", None),
        ("1e5", None),
        ("1E+5", None),
        ("٣", None),
        ("1_000", None),
        ("Infinity", None),
        ("NaN", None),
        ("1.2.3", None),
        ("", None),
    ],
)
def test_an_amount_is_digits_as_people_write_them(text: str, hundredths: int | None) -> None:
    assert read_hundredths(text) == hundredths
