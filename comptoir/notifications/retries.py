"""When a message that no gateway took is tried again, and when no more."""

from __future__ import annotations

from datetime import timedelta

#: Attempts in all: the last one is about 16 hours after the first.
MOST_ATTEMPTS = 12
FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=4)


def wait_after(attempts: int, *, chance: float) -> timedelta | None:
    """How long to wait after so many attempts; None if there were enough.

    The time doubles from attempt to attempt. ``chance``, from 0 to 1, takes up to a third
    of it away: what failed together does not come back together.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    whole: timedelta = min(FIRST * 2 ** (attempts - 1), LONGEST)
    return whole * (1 - chance / 3)
