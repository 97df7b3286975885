"""Small numbers are not told, and cannot be found by subtraction."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.disclosure import LEAST
from comptoir.sites.visits.disclosure import tellable


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    width = draw(st.integers(1, 6))
    row = st.lists(st.integers(0, 9), min_size=width, max_size=width)
    return draw(st.lists(row, min_size=1, max_size=12))


@given(tables())
def test_no_small_number_is_told_or_left_alone_in_its_line(numbers: list[list[int]]) -> None:
    told = tellable(numbers)
    true = [[*row, sum(row)] for row in numbers]
    true.append([sum(column) for column in zip(*true, strict=True)])
    for row, true_row in zip(told, true, strict=True):
        for value, was in zip(row, true_row, strict=True):
            assert value is None or value == was, "what is told is true"
            assert value is None or value == 0 or value >= LEAST
    lines: list[Any] = [*zip(told, true, strict=True)]
    lines += zip(zip(*told, strict=True), zip(*true, strict=True), strict=True)
    for line, was in lines:
        hidden = [number for value, number in zip(line, was, strict=True) if value is None]
        others = [value for value in line if value]
        assert len(hidden) != 1 or not others, "one alone can be had by subtraction"


@given(tables())
def test_what_is_large_everywhere_is_told_whole(numbers: list[list[int]]) -> None:
    large = [[number and number + LEAST for number in row] for row in numbers]
    assert [row[:-1] for row in tellable(large)[:-1]] == large


def test_the_smallest_other_number_goes_with_a_small_one_and_the_sum_stays() -> None:
    assert tellable([[3, 20, 10], [10, 30, 40]]) == [
        [None, 20, None, 33],
        [None, 30, None, 80],
        [13, 50, 50, 113],
    ]
