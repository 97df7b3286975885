"""Small numbers are not told, and cannot be found: not by subtraction, not by asking again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.core.disclosure import LEAST
from comptoir.sites.visits.disclosure import told_month, told_sums

#: The largest number that the oracle tries for a dash.
MOST = 7
Years = list[list[int]]


def years(height: int, width: int) -> st.SearchStrategy[Years]:
    row = st.lists(st.integers(0, 6), min_size=width, max_size=width)
    return st.lists(row, min_size=height, max_size=height)


def possible_months(row: list[int]) -> Iterator[tuple[int, ...]]:
    """Each month that somebody could think of who read what is told of this one."""
    *cells, total = told_month(row)
    dashes = [range(1, MOST + 1) if cell is None else (cell,) for cell in cells]
    return (each for each in product(*dashes) if total is None or sum(each) == total)


def possible(year: Years) -> Iterator[tuple[tuple[int, ...], ...]]:
    *sums, total = told_sums(year)
    for months in product(*(list(possible_months(row)) for row in year)):
        found = [sum(column) for column in zip(*months, strict=True)]
        pairs = [*zip(sums, found, strict=True), (total, sum(found))]
        # A dash stands for one at least.
        if all(number == told if told is not None else number for told, number in pairs):
            yield months


def nothing_small_is_certain(year: Years) -> None:
    all_possible = list(possible(year))
    assert tuple(map(tuple, year)) in all_possible, "what is told is true"
    for y, row in enumerate(year):
        for x, number in enumerate(row):
            if 0 < number < LEAST:
                assert len({each[y][x] for each in all_possible}) > 1, (y, x)
    for x, column in enumerate(zip(*year, strict=True)):
        if 0 < sum(column) < LEAST:
            assert len({sum(month[x] for month in each) for each in all_possible}) > 1


@settings(max_examples=150)
@given(years(2, 3))
def test_of_each_small_number_more_than_one_value_is_possible(year: Years) -> None:
    nothing_small_is_certain(year)


@settings(max_examples=100)
@given(years(3, 2))
def test_more_months_tell_no_more_of_them(year: Years) -> None:
    nothing_small_is_certain(year)


@given(st.integers(1, 12).flatmap(lambda height: years(height, 6)))
def test_no_small_number_is_told_and_what_is_told_is_true(year: Years) -> None:
    sums = [sum(column) for column in zip(*year, strict=True)]
    told = [*map(told_month, year), told_sums(year)]
    for line, true in zip(told, [*year, sums], strict=True):
        for value, was in zip(line, [*true, sum(true)], strict=True):
            assert value is None or (value == was and not 0 < value < LEAST)


@given(years(12, 6))
def test_dashes_of_a_line_that_are_known_together_are_five_at_least(year: Years) -> None:
    sums = [sum(column) for column in zip(*year, strict=True)]
    told = [*map(told_month, year), told_sums(year)]
    true = [[*line, sum(line)] for line in [*year, sums]]
    lines = [*zip(told, true, strict=True)]
    lines += zip(zip(*told, strict=True), zip(*true, strict=True), strict=True)  # type: ignore[arg-type]
    for line, was in lines:
        dashes = [number for value, number in zip(line, was, strict=True) if value is None]
        assert line[-1] is None or not dashes or sum(dashes) >= LEAST


def test_what_is_large_everywhere_is_told_whole() -> None:
    assert told_month([20, 0, 5]) == [20, 0, 5, 25]
    assert told_sums([[20, 0, 5], [6, 0, 7]]) == [26, 0, 12, 38]


def test_the_smallest_other_number_goes_with_a_small_one_and_the_sum_stays() -> None:
    assert told_month([3, 20, 10]) == [None, 20, None, 33]
    assert told_sums([[3, 20, 10], [10, 30, 40]]) == [None, 50, None, 113]


def test_two_small_numbers_that_are_few_together_take_a_third_along() -> None:
    assert told_month([1, 2, 7, 6]) == [None, None, 7, None, 16]


def test_five_times_one_is_not_told_by_their_sum() -> None:
    assert told_month([1, 1, 1, 1, 1]) == [None] * 6
