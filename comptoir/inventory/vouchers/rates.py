"""For how long a stock lasts, and whether it is low. Pure."""

from __future__ import annotations

#: The present rate is that of the last four weeks: whole weeks, as Mondays are busier.
RATE_DAYS = 28


def days_left(free: int, given: int) -> int | None:
    """Whole days that ``free`` vouchers last, if as many are given as in the last four weeks.

    None where none was given: nobody knows.
    """
    return None if given == 0 else free * RATE_DAYS // given


def is_low(free: int, low: int | None) -> bool:
    """True if there are no more than the number at which a coordinator wants to know."""
    return low is not None and free <= low
