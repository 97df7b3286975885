"""How many parts a text takes, beside a table written down from another source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.notifications.gsm7 import is_gsm7, septets
from comptoir.notifications.segments import Encoding, forcing, split
from tests.notifications.gsm_table import ONE_SEPTET, TWO_SEPTETS, encoded, units

_GSM = st.sampled_from(sorted(ONE_SEPTET) + sorted(TWO_SEPTETS) * 3)
_OTHER = st.sampled_from("êçœ’…\u00a0€é😀𝄞aما")
gsm_texts = st.text(_GSM, max_size=700)
any_texts = st.one_of(gsm_texts, st.text(_OTHER, max_size=300), st.text(max_size=300))


def size(text: str, encoding: Encoding) -> int:
    if encoding is Encoding.UCS2:
        return units(text)
    octets = encoded(text)
    assert octets is not None
    return len(octets)


def test_the_alphabet_is_that_of_the_other_table() -> None:
    every = (chr(number) for number in range(0x110000))
    known = {character: septets(character) for character in every if septets(character)}
    assert known == dict.fromkeys(ONE_SEPTET, 1) | dict.fromkeys(TWO_SEPTETS, 2)
    assert len(known) == 127 + 10


@given(any_texts)
def test_a_text_is_gsm_where_the_other_table_encodes_it(text: str) -> None:
    assert is_gsm7(text) is (encoded(text) is not None)
    assert split(text).encoding is (Encoding.GSM7 if is_gsm7(text) else Encoding.UCS2)


@given(any_texts)
def test_parts_lose_nothing_fit_and_are_as_few_as_can_be(text: str) -> None:
    found = split(text)
    alone, joined = (160, 153) if found.encoding is Encoding.GSM7 else (70, 67)
    assert "".join(found.parts) == text
    assert all(found.parts)
    whole = size(text, found.encoding)
    if whole <= alone:
        assert len(found.parts) == (1 if text else 0)
        assert found.free == alone - whole
        return
    sizes = [size(part, found.encoding) for part in found.parts]
    assert max(sizes) <= joined
    assert found.free == joined - sizes[-1]
    for part, following in zip(found.parts, found.parts[1:], strict=False):
        assert size(part + following[0], found.encoding) > joined


@given(any_texts)
def test_what_forces_ucs2_is_named_at_its_places(text: str) -> None:
    found = forcing(text)
    assert bool(found) is (encoded(text) is None)
    places = {position: each.character for each in found for position in each.positions}
    assert places == {
        position: character for position, character in enumerate(text) if encoded(character) is None
    }


@pytest.mark.parametrize(
    ("text", "encoding", "parts", "free"),
    [
        ("", Encoding.GSM7, 0, 160),
        ("a" * 160, Encoding.GSM7, 1, 0),
        ("a" * 161, Encoding.GSM7, 2, 153 - 8),
        ("a" * 306, Encoding.GSM7, 2, 0),
        ("a" * 307, Encoding.GSM7, 3, 152),
        ("ê" * 70, Encoding.UCS2, 1, 0),
        ("ê" * 71, Encoding.UCS2, 2, 63),
        ("ê" * 135, Encoding.UCS2, 3, 66),
        ("€" * 80, Encoding.GSM7, 1, 0),
        # 153 is odd: the 77th euro sign does not fit whole.
        ("€" * 81, Encoding.GSM7, 2, 153 - 10),
        ("😀" * 35, Encoding.UCS2, 1, 0),
        ("😀" * 36, Encoding.UCS2, 2, 67 - 6),
    ],
)
def test_the_ends_of_a_part(text: str, encoding: Encoding, parts: int, free: int) -> None:
    found = split(text)
    assert (found.encoding, len(found.parts), found.free) == (encoding, parts, free)


def test_a_character_of_two_places_is_in_one_part() -> None:
    assert [len(part) for part in split("a" * 152 + "€" + "b" * 20).parts] == [152, 21]
    assert [len(part) for part in split("ê" * 66 + "😀" + "b" * 20).parts] == [66, 21]


def test_the_name_of_what_one_does_not_see_is_told() -> None:
    [space] = forcing("9\u00a0h, 10\u00a0h")
    assert (space.character, space.name, space.positions) == ("\u00a0", "NO-BREAK SPACE", (1, 7))
    [nameless] = forcing("\ue000")
    assert nameless.name == "U+E000"
