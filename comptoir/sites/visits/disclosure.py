"""Which numbers of a table may be told without telling of somebody.

A number below five may speak of people whom somebody knows. It is left out, and so
is another one of its line and of its column, or it could be had by subtraction
(primary and secondary cell suppression; Hundepool et al., "Statistical Disclosure
Control", Wiley 2012, chapter 4). Nought is told: it speaks of nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

#: The least that is told, except nought.
LEAST = 5

Table = list[list[int | None]]


def tellable(numbers: Sequence[Sequence[int]]) -> Table:
    """The table with its sums, and None where a number may not be told.

    ``numbers`` has a row per month and a column per reason. The answer has one row and
    one column more: the sums.
    """
    rows = [[*row, sum(row)] for row in numbers]
    rows.append([sum(column) for column in zip(*rows, strict=True)])
    hidden = {
        (y, x) for y, row in enumerate(rows) for x, value in enumerate(row) if 0 < value < LEAST
    }
    while more := _undone_by_subtraction(rows, hidden):
        hidden |= more
    return [
        [None if (y, x) in hidden else value for x, value in enumerate(row)]
        for y, row in enumerate(rows)
    ]


def _undone_by_subtraction(
    rows: Sequence[Sequence[int]], hidden: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """One more number to hide, in the first line or column where one alone is hidden."""
    height, width = len(rows), len(rows[0])
    lines = [[(y, x) for x in range(width)] for y in range(height)]
    lines += [[(y, x) for y in range(height)] for x in range(width)]
    for line in lines:
        if sum(cell in hidden for cell in line) != 1:
            continue
        # A nought would hide nothing.
        others = [(y, x) for y, x in line if (y, x) not in hidden and rows[y][x] > 0]
        if others:
            return {min(others, key=partial(_loss, rows, hidden, line[-1]))}
    return set()


def _loss(
    rows: Sequence[Sequence[int]],
    hidden: set[tuple[int, int]],
    last: tuple[int, int],
    cell: tuple[int, int],
) -> tuple[bool, bool, int]:
    """How much is lost by hiding a cell: a sum most of all, then where it calls for another."""
    y, x = cell
    beside = sum(one != cell and (one[0] == y or one[1] == x) for one in hidden)
    return cell == last, beside < 2, rows[y][x]
