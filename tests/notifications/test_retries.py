"""When an attempt follows another."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from comptoir.notifications.retries import FIRST, LONGEST, MOST_ATTEMPTS, wait_after

CHANCES = st.floats(0, 1)


@given(attempts=st.integers(1, MOST_ATTEMPTS - 1), chance=CHANCES)
def test_the_wait_is_between_two_thirds_and_the_whole(attempts: int, chance: float) -> None:
    wait, whole = wait_after(attempts, chance=chance), wait_after(attempts, chance=0)
    assert wait is not None
    assert whole is not None
    assert whole * 2 / 3 <= wait <= whole
    assert FIRST <= whole <= LONGEST


@given(attempts=st.integers(MOST_ATTEMPTS, 30_000), chance=CHANCES)
def test_there_is_an_end(attempts: int, chance: float) -> None:
    assert wait_after(attempts, chance=chance) is None


def test_a_gateway_that_is_out_for_half_a_day_loses_nothing() -> None:
    waits = [wait_after(attempts, chance=1) for attempts in range(1, MOST_ATTEMPTS)]
    assert sum((wait for wait in waits if wait), timedelta()) >= timedelta(hours=10)
