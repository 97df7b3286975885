"""For how long a stock lasts, and whether it is low. Pure."""

from __future__ import annotations

from collections.abc import Sequence

#: The present rate is that of the last four weeks: whole weeks, as Mondays are busier.
RATE_DAYS = 28


def days_left(free: Sequence[tuple[int | None, int]], given: int) -> int | None:
    """Whole days for which a stock lasts, if as many are given as in the last four weeks.

    ``free`` are the vouchers by the days until they expire (None: never), each with their
    number; those that expire first are given first. What expires before its turn does not
    count: so a stock that expires in 60 days lasts 60 at most. None where none was given:
    nobody knows.
    """
    if given == 0:
        return None
    lasts = 0  # in days times ``given``, so that nothing is rounded before the end
    for days, number in sorted(free, key=lambda each: (each[0] is None, each[0] or 0)):
        used_up = lasts + number * RATE_DAYS
        lasts = used_up if days is None else max(lasts, min(used_up, days * given))
    return lasts // given


def is_low(free: int, low: int | None) -> bool:
    """True if there are no more than the number at which a coordinator wants to know."""
    return low is not None and free <= low
