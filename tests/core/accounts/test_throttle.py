"""Slowing down whoever guesses, without shutting anybody out for good."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core import db
from comptoir.core.accounts import throttle
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.accounts.tables import SignInThrottle
from comptoir.core.accounts.throttle import Count, wait_after


def test_the_first_failures_cost_nothing_and_then_each_doubles_the_wait() -> None:
    waits = [wait_after(failures, 5).total_seconds() for failures in range(1, 12)]
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]


@given(failures=st.integers(0, 10**9), free=st.integers(1, 100))
def test_nobody_ever_waits_more_than_a_quarter_of_an_hour(failures: int, free: int) -> None:
    assert wait_after(failures, free) <= timedelta(minutes=15)
    assert wait_after(failures, free) <= wait_after(failures + 1, free)


def test_after_a_day_without_failures_counting_begins_anew(now: datetime) -> None:
    old = Count(50, now - timedelta(hours=24, seconds=1), now - timedelta(hours=24))
    assert throttle.after_failure(old, ACCOUNT, now=now) == Count(1, now, None)
    younger = Count(50, now - timedelta(hours=24), None)
    assert throttle.after_failure(younger, ACCOUNT, now=now).failures == 51


def test_where_time_takes_back_what_was_counted_a_steady_pace_waits_for_nothing(
    now: datetime,
) -> None:
    subject, count = throttle.vouchers_given(None), None
    for minute in range(600):  # one a minute all day long
        count = throttle.after_failure(count, subject, now=now + timedelta(minutes=minute))
        assert count.blocked_until is None
    at_once = None
    for _ in range(60):
        assert at_once is None or at_once.blocked_until is None
        at_once = throttle.after_failure(at_once, subject, now=now)
    assert at_once is not None
    assert at_once.blocked_until == now + timedelta(seconds=30)


ACCOUNT = throttle.account("amina")
ADDRESS = throttle.address("203.0.113.7")


async def fail(times: int, *, now: datetime) -> None:
    for _ in range(times):
        await throttle.begin([ACCOUNT, ADDRESS], now=now)


async def test_one_attempt_too_many_is_refused_with_the_seconds_to_wait(
    database: Any, now: datetime
) -> None:
    await fail(5, now=now)
    with pytest.raises(TooManyAttempts) as refused:
        await fail(1, now=now)
    assert refused.value.retry_after == 30
    with pytest.raises(TooManyAttempts) as refused:
        await fail(1, now=now + timedelta(seconds=29.5))
    assert refused.value.retry_after == 1
    await fail(1, now=now + timedelta(seconds=30))


async def test_attempts_while_waiting_do_not_make_the_wait_longer(
    database: Any, now: datetime
) -> None:
    await fail(5, now=now)
    for _ in range(20):
        with pytest.raises(TooManyAttempts):
            await fail(1, now=now + timedelta(seconds=10))
    await fail(1, now=now + timedelta(seconds=30))


async def test_the_count_survives_a_restart(database_url: str, now: datetime) -> None:
    db.connect(database_url)
    await fail(5, now=now)
    await db.disconnect()
    db.connect(database_url)
    try:
        with pytest.raises(TooManyAttempts):
            await fail(1, now=now)
    finally:
        await db.disconnect()


async def test_a_thousand_guesses_at_once_are_a_thousand(database: Any, now: datetime) -> None:
    results = await asyncio.gather(
        *(throttle.begin([ACCOUNT, ADDRESS], now=now) for _ in range(40)), return_exceptions=True
    )
    let_through = [result for result in results if result is None]
    assert len(let_through) == 5
    assert all(isinstance(result, TooManyAttempts) for result in results if result is not None)


async def count_of(subject: throttle.Subject) -> int:
    [row] = await SignInThrottle.select().where(SignInThrottle.subject_hash == subject.hash)
    return int(row["failures"])


async def test_success_clears_the_account_and_halves_the_address(
    database: Any, now: datetime
) -> None:
    await fail(5, now=now)
    async with db.transaction():
        await throttle.succeeded([ACCOUNT, ADDRESS])
    await fail(4, now=now)
    assert await count_of(ACCOUNT) == 4
    assert await count_of(ADDRESS) == 2 + 4


async def test_nobody_waits_more_than_ten_seconds_for_others_at_their_address(
    database: Any, now: datetime
) -> None:
    for _ in range(60):
        await throttle.begin([ADDRESS], now=now)
        now += timedelta(seconds=10)


@pytest.mark.parametrize("counted", [throttle.pins_at, throttle.pins_after])
async def test_a_right_pin_takes_back_no_wrong_one(
    counted: Callable[[UUID], throttle.Subject], database: Any, now: datetime
) -> None:
    subject = counted(UUID(int=1))
    for _ in range(3):
        await throttle.begin([subject], now=now)
    async with db.transaction():
        await throttle.succeeded([subject])
    assert await count_of(subject) == 2


async def test_nothing_stored_names_an_account_or_an_address(database: Any, now: datetime) -> None:
    await fail(1, now=now)
    stored = str(await SignInThrottle.select())
    assert "amina" not in stored
    assert "203.0.113.7" not in stored


async def test_old_counts_are_deleted(database: Any, now: datetime) -> None:
    await fail(1, now=now - timedelta(hours=25))
    await throttle.forget(now=now)
    assert await SignInThrottle.count() == 0
