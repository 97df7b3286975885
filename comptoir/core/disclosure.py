"""Which numbers of a report may be told without telling of somebody.

A number below five may speak of people whom somebody knows. Nought is told: it speaks of nobody.

Where there are many tables of the same numbers (``carried``), each for other places and times,
one is found by subtracting one table from another. There the smallest numbers that any of them is
made of are put together with what follows until there are five; all tables are sums of these.
"""

from __future__ import annotations

from collections.abc import Iterable

#: The least that is told, except nought.
LEAST = 5


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
