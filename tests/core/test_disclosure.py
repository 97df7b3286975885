"""Small numbers are hidden, and cannot be found by subtraction along any line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.disclosure import LEAST, carried, hidden_cells

Cell = tuple[object, object]


def _line(*cells: Cell) -> list[Cell]:
    return list(cells)


#: Months, their quarter, the quarters and their year.
LINES = [
    *(_line(*((quarter, month) for month in range(3)), (quarter, "sum")) for quarter in range(4)),
    _line(*((quarter, "sum") for quarter in range(4)), ("year", "sum")),
]


@given(st.lists(st.integers(0, 12), min_size=12, max_size=12))
def test_of_no_line_one_number_alone_is_hidden(numbers: list[int]) -> None:
    values: dict[Cell, int] = {
        (place // 3, place % 3): number for place, number in enumerate(numbers)
    }
    for line in LINES:
        values[line[-1]] = sum(values[cell] for cell in line[:-1])
    hidden = hidden_cells(values, LINES)
    for cell, value in values.items():
        assert cell in hidden or value == 0 or value >= LEAST
    for line in LINES:
        others = [cell for cell in line if cell not in hidden and values[cell]]
        assert sum(cell in hidden for cell in line) != 1 or not others


def test_a_small_month_takes_the_next_smallest_along_and_leaves_the_sums() -> None:
    values = {"jan": 3, "feb": 9, "mar": 8, "q1": 20}
    assert hidden_cells(values, [["jan", "feb", "mar", "q1"]]) == {"jan", "mar"}


def test_nothing_is_hidden_where_all_is_large_or_nought() -> None:
    assert hidden_cells({"jan": 0, "feb": 5, "sum": 5}, [["jan", "feb", "sum"]]) == set()


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
