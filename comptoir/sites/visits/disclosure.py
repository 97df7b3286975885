"""The numbers of a year that may be told: by month and reason, with their sums.

A number below five may speak of people whom somebody knows; nought is told, as it speaks of
nobody. Three rules keep the small numbers from being computed:

- **A month is decided on its own** (``told_month``), once it is over. What is told of it never
  changes, so that nothing follows from one report and the next.
- **The sums of a year are told once it is over** (``told_sums``). Two sums at two times would
  tell the numbers between them.
- **Of a small number more than one value must be possible** for whoever knows all that is told,
  and that each dash is one at least (secondary cell suppression; Hundepool et al., "Statistical
  Disclosure Control", Wiley 2012, chapter 4). Nor may dashes of a line that are known together be
  fewer than five in all.
"""

from __future__ import annotations

from collections.abc import Sequence

from comptoir.core.disclosure import LEAST

Told = list[int | None]
Cell = tuple[int, int]


def told_month(numbers: Sequence[int]) -> Told:
    """The numbers of a month, and behind them their sum; None where one may not be told."""
    line = [*numbers, sum(numbers)]
    hidden = {place for place, number in enumerate(line) if _is_small(number)}
    last = len(numbers)
    while hidden and last not in hidden and _gives_away([numbers[place] for place in hidden]):
        others = [place for place in range(last) if place not in hidden and numbers[place]]
        hidden.add(min(others, key=numbers.__getitem__, default=last))
    return [None if place in hidden else number for place, number in enumerate(line)]


def told_sums(months: Sequence[Sequence[int]]) -> Told:
    """The sums of the columns of a year, and their sum; None where one may not be told."""
    table = _Table(months)
    while (more := table.next_to_hide()) is not None:
        table.hidden.add(more)
    bottom = len(months)
    return [
        None if (bottom, place) in table.hidden else number
        for place, number in enumerate(table.numbers[bottom])
    ]


class _Table:
    """A year with its sums: the last column, and the last row, which alone is to be decided.

    A change of the dashes that leaves all sums right is a closed walk over the lines: along one
    dash to its column, along the next to its row. By the signs that the sums have in their
    lines each dash on the way goes up or down by one, and none may come to nought. As the table
    has rows and columns only, a number is certain exactly if there is no such walk through it.
    """

    def __init__(self, months: Sequence[Sequence[int]]) -> None:
        rows = [[*row, sum(row)] for row in months]
        rows.append([sum(column) for column in zip(*rows, strict=True)])
        self.numbers = rows
        self.bottom, self.right = len(rows) - 1, len(rows[0]) - 1
        self.hidden: set[Cell] = {
            (y, x)
            for y, row in enumerate(months)
            for x, told in enumerate(told_month(row))
            if told is None
        }
        last = enumerate(rows[self.bottom])
        self.hidden |= {(self.bottom, x) for x, number in last if _is_small(number)}

    def next_to_hide(self) -> Cell | None:
        """One more sum, the cheapest first; None if nothing is given away."""
        left = [
            (self.bottom, x)
            for x in range(self.right + 1)
            if (self.bottom, x) not in self.hidden and self.numbers[self.bottom][x]
        ]
        if not left or not (self._tells_a_number() or self._tells_a_few()):
            return None
        columns = {x for _, x in self.hidden}

        def cost(cell: Cell) -> tuple[bool, bool, int]:
            _, x = cell
            # Where nothing is hidden in a column, to hide its sum protects nothing by itself.
            return x == self.right, x not in columns, self._number(cell)

        return min(left, key=cost)

    def _tells_a_number(self) -> bool:
        return any(_is_small(self._number(cell)) and self._is_certain(cell) for cell in self.hidden)

    def _tells_a_few(self) -> bool:
        """Whether dashes of a line whose sum is told are few in all."""
        columns = [[(y, x) for y in range(self.bottom + 1)] for x in range(self.right + 1)]
        for *line, total in [*columns, [(self.bottom, x) for x in range(self.right + 1)]]:
            few = [self._number(cell) for cell in line if cell in self.hidden]
            if few and total not in self.hidden and sum(few) < LEAST:
                return True
        return False

    def _is_certain(self, cell: Cell) -> bool:
        y, x = cell
        up = self._may_go(cell, up=True) and self._leads(cell, ("column", x), ("row", y))
        down = self._may_go(cell, up=False) and self._leads(cell, ("row", y), ("column", x))
        return not (up or down)

    def _may_go(self, cell: Cell, *, up: bool) -> bool:
        """Whether a dash may change; a sum counts the other way round in its lines."""
        is_sum = (cell[0] == self.bottom) != (cell[1] == self.right)
        return up != is_sum or self._number(cell) > 1

    def _leads(self, without: Cell, start: tuple[str, int], end: tuple[str, int]) -> bool:
        steps: dict[tuple[str, int], list[tuple[str, int]]] = {}
        for cell in self.hidden - {without}:
            row, column = ("row", cell[0]), ("column", cell[1])
            if self._may_go(cell, up=True):
                steps.setdefault(row, []).append(column)
            if self._may_go(cell, up=False):
                steps.setdefault(column, []).append(row)
        seen, ahead = {start}, [start]
        while ahead:
            for line in steps.get(ahead.pop(), ()):
                if line not in seen:
                    seen.add(line)
                    ahead.append(line)
        return end in seen

    def _number(self, cell: Cell) -> int:
        return self.numbers[cell[0]][cell[1]]


def _is_small(number: int) -> bool:
    return 0 < number < LEAST


def _gives_away(dashes: Sequence[int]) -> bool:
    """Whether dashes of which the sum is known are few in all, or each is certain."""
    return len(dashes) == 1 or sum(dashes) < LEAST or sum(dashes) == len(dashes)
