"""Small numbers are told with what follows, until they are not small."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.disclosure import LEAST, carried


@given(st.lists(st.integers(0, 9)))
def test_what_is_too_small_is_told_with_what_follows(numbers: list[int]) -> None:
    told = carried(numbers)
    assert len(told) == len(numbers)
    assert not [each for each in told if each is not None and 0 < each < LEAST]
    for place, each in enumerate(told):
        if each is not None:
            assert sum(filter(None, told[: place + 1])) == sum(numbers[: place + 1])
    left = sum(numbers) - sum(filter(None, told))
    assert 0 <= left < LEAST


def test_a_nought_within_what_waits_is_not_told() -> None:
    assert carried([0, 1, 0, 3, 0, 1, 0, 7, 2]) == [0, None, None, None, None, 5, 0, 7, None]
