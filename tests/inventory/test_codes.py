"""Tag codes: what is caught, what is forgiven, what is suggested."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.inventory import codes
from comptoir.inventory.codes import ALPHABET, Kind, Outcome

VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("code_vectors.json").read_text("utf-8")
)

valid_codes = st.text(ALPHABET, min_size=7, max_size=7).map(codes.with_check_letter)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["why"])
def test_vector_is_read_as_stated(vector: dict[str, Any]) -> None:
    reading = codes.scan(vector["text"])
    assert (reading.outcome, reading.code, reading.kind) == (
        vector["outcome"],
        vector["code"],
        vector["kind"],
    )


def test_new_codes_are_valid_and_differ() -> None:
    made = {codes.new_code() for _ in range(1000)}
    assert len(made) > 990
    assert all(codes.is_valid(code) for code in made)


@given(valid_codes)
def test_every_single_error_and_every_swap_is_caught(code: str) -> None:
    for place in range(8):
        for letter in ALPHABET:
            wrong = code[:place] + letter + code[place + 1 :]
            assert codes.is_valid(wrong) == (wrong == code)
        for other in range(place):
            letters = list(code)
            letters[place], letters[other] = letters[other], letters[place]
            swapped = "".join(letters)
            assert codes.is_valid(swapped) == (swapped == code)


def test_errors_are_caught_for_every_pair_of_letters_at_every_place() -> None:
    """Exhaustive: the sum is linear, so the other letters cannot matter."""
    for place in range(7):
        for first in ALPHABET:
            for second in ALPHABET:
                seven = (first + second).rjust(place + 2, "B").ljust(7, "B")[:7]
                code = codes.with_check_letter(seven)
                swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
                assert codes.is_valid(swapped) == (code[place] == code[place + 1])
                wrong = [code[:place] + x + code[place + 1 :] for x in ALPHABET if x != code[place]]
                assert not any(codes.is_valid(text) for text in wrong)


@given(valid_codes)
def test_shown_code_is_read_back(code: str) -> None:
    assert codes.read(codes.display(code)) == code


@given(valid_codes, st.sampled_from(Kind), st.sampled_from(["http://10.0.0.7:8000", "https://a.b"]))
def test_address_is_capital_and_says_its_kind(code: str, kind: Kind, host: str) -> None:
    address = codes.url(host + "/", kind, code)
    assert set(address) <= set(string.ascii_uppercase + string.digits + "$%*+-./:")
    assert codes.scan(address) == codes.Reading(Outcome.CODE, code, kind)


@given(st.text(string.printable + "éö§!", max_size=60), valid_codes)
def test_last_eight_letters_count_whatever_came_before(before: str, code: str) -> None:
    reading = codes.scan(before + code)
    if "://" not in before:
        assert (reading.outcome, reading.code) == (Outcome.CODE, code)


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    reading = codes.scan(text)
    assert (codes.read(text) is not None) == (reading.outcome is Outcome.CODE)
    for suggestion in codes.suggestions(text):
        assert codes.is_valid(suggestion)


@pytest.mark.parametrize("sign", ["B", "B-", "/T/", " ", "9", "é", "\n", "://"])
@pytest.mark.parametrize("length", [300, 5000])
def test_longer_scan_than_any_address_is_too_long(sign: str, length: int) -> None:
    text = (sign * length)[:length]
    assert codes.scan(text).outcome is Outcome.TOO_LONG
    assert codes.suggestions(text) == []


def test_longest_address_a_label_can_hold_is_read() -> None:
    host = ".".join(["L" * 63] * 3 + ["L" * 61])
    address = codes.url(f"https://{host}:65535", Kind.ITEM, "KGRXDBXT")
    assert len(host) == 253
    assert codes.read(address) == "KGRXDBXT"


@given(valid_codes, st.data())
def test_code_is_suggested_for_each_slip(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 7))
    other = data.draw(st.sampled_from(sorted(set(string.ascii_uppercase + "58") - {code[place]})))
    slips = [
        code[:place] + other + code[place + 1 :],
        code[:place] + code[place : place + 2][::-1] + code[place + 2 :],
        code[:place] + code[place + 1 :],
    ]
    for slip in slips:
        if codes.read(slip) is None:
            assert code in codes.suggestions(slip.lower())


@given(valid_codes, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_code_is_suggested_for_one_letter_too_many(code: str, place: int, letter: str) -> None:
    slip = code[:place] + letter + code[place:]
    if codes.read(slip) is None:
        assert code in codes.suggestions(slip)


def test_sign_outside_the_alphabet_leaves_one_suggestion() -> None:
    assert codes.suggestions("BCDA-GHJK") == ["BCDFGHJK"]


@pytest.mark.parametrize(
    "text", ["BCDFGHJK", "Schwartz", "Maria Muster", "", "https://x.example/bcdfghjx"]
)
def test_nothing_is_suggested_where_nothing_is_near(text: str) -> None:
    assert codes.suggestions(text) == []


def test_wrong_letter_in_an_address_brings_suggestions() -> None:
    assert "BCDFGHJK" in codes.suggestions("HTTPS://LEND.EXAMPLE.ORG/T/BCDFGHJX")
