"""IMEI numbers and their check digit."""

from __future__ import annotations

import pytest

from comptoir.inventory.imei import luhn_valid, read_imei


@pytest.mark.parametrize(
    "text", ["490154203237518", "49-015420-323751-8", " 49 015420 323751/8 ", "490154.203237518\n"]
)
def test_imei_is_read_with_or_without_separators(text: str) -> None:
    assert read_imei(text) == "490154203237518"


def test_every_wrong_digit_is_refused() -> None:
    right = "490154203237518"
    for place in range(15):
        for digit in "0123456789":
            text = right[:place] + digit + right[place + 1 :]
            assert (read_imei(text) is not None) == (text == right)


@pytest.mark.parametrize(
    "text",
    ["", "49015420323751", "4901542032375180", "0" * 15, "49015420323751X", "٤" * 15, "4" * 5000],
)
def test_what_is_no_imei_is_refused(text: str) -> None:
    assert read_imei(text) is None


def test_luhn_serves_other_numbers_too() -> None:
    assert luhn_valid("79927398713")
    assert not luhn_valid("79927398710")
