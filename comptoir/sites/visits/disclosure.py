"""The numbers of a year that may be told: by month and reason, with their sums."""

from __future__ import annotations

from collections.abc import Sequence

from comptoir.core.disclosure import hidden_cells

Table = list[list[int | None]]


def tellable(numbers: Sequence[Sequence[int]]) -> Table:
    """The table with its sums, and None where a number may not be told.

    ``numbers`` has a row per month and a column per reason. The answer has one row and
    one column more: the sums.
    """
    rows = [[*row, sum(row)] for row in numbers]
    rows.append([sum(column) for column in zip(*rows, strict=True)])
    height, width = len(rows), len(rows[0])
    lines = [[(y, x) for x in range(width)] for y in range(height)]
    lines += [[(y, x) for y in range(height)] for x in range(width)]
    values = {(y, x): value for y, row in enumerate(rows) for x, value in enumerate(row)}
    hidden = hidden_cells(values, lines)
    return [
        [None if (y, x) in hidden else value for x, value in enumerate(row)]
        for y, row in enumerate(rows)
    ]
