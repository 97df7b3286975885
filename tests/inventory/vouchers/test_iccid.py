"""The number of a SIM card: with or without its end, and with Luhn's digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.inventory.imei import luhn_valid
from comptoir.inventory.vouchers.iccid import looks_like_iccid, read_iccid

#: That of ITU-T E.118's form, 19 digits; and one of 20.
GOOD = "8941030012345678904"


def numbers() -> st.SearchStrategy[str]:
    bodies = st.integers(min_value=0, max_value=10**15 - 1).map(lambda n: f"894{n:015}")
    return bodies.map(
        lambda body: next(body + end for end in "0123456789" if luhn_valid(body + end))
    )


@pytest.mark.parametrize(
    "text",
    [GOOD, GOOD + "F", GOOD + "f", "8941 0300 1234 5678 904", "89410-30012345678904 F"],
)
def test_a_number_is_read_however_it_is_printed(text: str) -> None:
    assert read_iccid(text) == GOOD


def test_twenty_digits_are_a_number_too() -> None:
    body = "8933000000000000001"
    whole = next(body + end for end in "0123456789" if luhn_valid(body + end))
    assert read_iccid(whole) == whole
    assert read_iccid(whole + "F") == whole


@pytest.mark.parametrize("text", ["", "F", "89", GOOD[:-1], GOOD + "00", "79" + GOOD[2:], "x" * 19])
def test_what_is_none_is_refused(text: str) -> None:
    assert read_iccid(text) is None
    assert not looks_like_iccid(text)


@given(numbers(), st.integers(2, 18), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: str, place: int, more: int) -> None:
    assert read_iccid(number) == number
    digit = str((int(number[place]) + more) % 10)
    wrong = number[:place] + digit + number[place + 1 :]
    assert read_iccid(wrong) is None
    assert looks_like_iccid(wrong)
