"""Which numbers of a report may be told without telling of somebody.

A number below five may speak of people whom somebody knows. Nought is told: it speaks of nobody.

In one table (``hidden_cells``) it is left out, and so is another one of each line that it stands
in, or it could be had by subtraction (primary and secondary cell suppression; Hundepool et al.,
"Statistical Disclosure Control", Wiley 2012, chapter 4).

Where there are many tables of the same numbers (``carried``), each for other places and times,
one is found by subtracting one table from another. There the smallest numbers that any of them is
made of are put together with what follows until there are five; all tables are sums of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

#: The least that is told, except nought.
LEAST = 5

Cell = TypeVar("Cell", bound=Hashable)


def hidden_cells(values: Mapping[Cell, int], lines: Sequence[Sequence[Cell]]) -> set[Cell]:
    """The cells that may not be told. Each line is some cells, and last the sum of them."""
    hidden = {cell for cell, value in values.items() if 0 < value < LEAST}
    lines_of: defaultdict[Cell, list[Sequence[Cell]]] = defaultdict(list)
    for line in lines:
        for cell in line:
            lines_of[cell].append(line)

    def alone(cell: Cell) -> bool:
        """Whether, once it is hidden, another must be as well."""
        return any(hidden.isdisjoint(line) for line in lines_of[cell])

    def next_to_hide() -> Cell | None:
        """One more, in the first line where one alone is hidden: a sum last of all."""
        for line in lines:
            if sum(cell in hidden for cell in line) != 1:
                continue
            # A nought would hide nothing.
            others = [cell for cell in line if cell not in hidden and values[cell] > 0]
            if others:
                total = line[-1]
                return min(others, key=lambda cell: (cell == total, alone(cell), values[cell]))
        return None

    while (more := next_to_hide()) is not None:
        hidden.add(more)
    return hidden


def carried(numbers: Iterable[int]) -> list[int | None]:
    """Numbers of one time after the other, where one that is too small is told with the next.

    None: something is told later, with what follows, once there are ``LEAST``. A nought that
    comes in between is None too: it would tell that what waits came before or after it.
    """
    told: list[int | None] = []
    waiting = 0
    for number in numbers:
        waiting += number
        if 0 < waiting < LEAST:
            told.append(None)
        else:
            told.append(waiting)
            waiting = 0
    return told
