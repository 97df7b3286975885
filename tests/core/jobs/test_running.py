"""A job runs once per tick, whoever else has a clock."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from comptoir.core import db
from comptoir.core.i18n import lazy
from comptoir.core.ids import new_id
from comptoir.core.jobs import Job, Turn, run_if_due
from comptoir.core.jobs.running import AFTER_A_FAILURE, CLOCKS_DIFFER_BY, MARGIN
from comptoir.core.settings import Settings
from tests.processes import together

SETTINGS = Settings()
HOUR = timedelta(hours=1)


class Counting:
    """A job that counts its runs; it fails as long as ``fails`` says so."""

    def __init__(self, every: timedelta = HOUR) -> None:
        self.at: list[datetime] = []
        self.fails = False
        self.job = Job("counting", lazy("Jobs"), every, timedelta(minutes=5), self.run)

    async def run(self, turn: Turn) -> None:
        self.at.append(turn.now)
        if self.fails:
            raise ValueError("as told")

    async def tick(self, now: datetime) -> bool:
        return await run_if_due(self.job, Turn(SETTINGS, now))


async def state() -> db.Row:
    row = await db.fetch_one("SELECT * FROM core_job WHERE name = 'counting'")
    assert row is not None
    return row


async def test_a_new_job_runs_at_once_and_then_in_its_time(database: Any, now: datetime) -> None:
    counting = Counting()
    ran = [await counting.tick(now + timedelta(minutes=each)) for each in (0, 1, 59, 60, 61)]
    assert ran == [True, False, False, True, False]
    found = await state()
    assert (found["succeeded_at"], found["next_run_at"]) == (now + HOUR, now + 2 * HOUR)


async def test_missed_ticks_are_caught_up_once(database: Any, now: datetime) -> None:
    counting = Counting()
    await counting.tick(now)
    later = now + timedelta(days=2)
    assert [await counting.tick(later), await counting.tick(later)] == [True, False]
    assert (await state())["next_run_at"] == later + HOUR


async def test_after_a_clock_that_was_ahead_is_put_right_a_job_runs_at_once(
    database: Any, now: datetime
) -> None:
    counting, ahead = Counting(), now + timedelta(days=365)
    assert await counting.tick(ahead)
    await db.execute("UPDATE core_job SET lease_until = :ahead", ahead=ahead)  # and it died there
    assert [await counting.tick(now), await counting.tick(now)] == [True, False]
    assert (await state())["next_run_at"] == now + HOUR


async def test_two_clocks_that_differ_a_little_run_a_job_once(database: Any, now: datetime) -> None:
    counting = Counting()
    assert await counting.tick(now + CLOCKS_DIFFER_BY)
    assert not await counting.tick(now)


async def test_a_failure_is_kept_and_tried_again_soon(database: Any, now: datetime) -> None:
    counting = Counting(timedelta(days=1))
    counting.fails = True
    await counting.tick(now)
    await counting.tick(now + AFTER_A_FAILURE)
    found = await state()
    assert (found["failures"], found["error"], found["succeeded_at"]) == (2, "ValueError", None)
    assert found["failed_at"] == now + AFTER_A_FAILURE
    counting.fails = False
    assert await counting.tick(now + 2 * AFTER_A_FAILURE)
    found = await state()
    assert (found["failures"], found["error"]) == (0, "")


async def test_a_job_that_takes_too_long_is_stopped(database: Any, now: datetime) -> None:
    async def never(turn: Turn) -> None:
        await asyncio.Event().wait()

    job = Job("counting", lazy("Jobs"), HOUR, timedelta(milliseconds=1), never)
    assert await run_if_due(job, Turn(SETTINGS, now))
    assert (await state())["error"] == "TimeoutError"


class Dying(BaseException):
    """The end of a process, after which nothing more is written."""


@pytest.mark.parametrize("every", [timedelta(minutes=1), timedelta(days=1)])
async def test_a_job_whose_process_died_is_taken_up_after_its_lease(
    database: Any, now: datetime, every: timedelta
) -> None:
    async def die(turn: Turn) -> None:
        raise Dying

    counting = Counting(every)
    with pytest.raises(Dying):
        await run_if_due(structs.replace(counting.job, run=die), Turn(SETTINGS, now))
    lease = counting.job.longest + MARGIN
    assert not await counting.tick(now + lease - timedelta(seconds=1))
    assert await counting.tick(now + lease)
    assert (await state())["next_run_at"] == now + lease + every


async def test_who_comes_late_does_not_end_the_lease_of_another(
    database: Any, now: datetime
) -> None:
    counting = Counting()
    later = now + counting.job.longest + MARGIN

    async def overtaken(turn: Turn) -> None:
        await db.execute(
            "UPDATE core_job SET lease_owner = :other, lease_until = :until",
            other=new_id(),
            until=later,
        )
        if counting.fails:
            raise ValueError

    slow = structs.replace(counting.job, run=overtaken)
    for counting.fails in (False, True):
        assert await run_if_due(slow, Turn(SETTINGS, now))
        found = await state()
        assert (found["lease_until"], found["succeeded_at"], found["failures"]) == (later, None, 0)
        await db.execute("UPDATE core_job SET next_run_at = :now, lease_until = NULL", now=now)


async def test_a_job_that_is_cancelled_may_be_taken_up_at_once(
    database: Any, now: datetime
) -> None:
    counting, begun = Counting(timedelta(days=1)), asyncio.Event()

    async def never(turn: Turn) -> None:
        begun.set()
        await asyncio.Event().wait()

    stuck = structs.replace(counting.job, run=never)
    task = asyncio.create_task(run_if_due(stuck, Turn(SETTINGS, now)))
    async with asyncio.timeout(60):
        await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await state())["failures"] == 0
    assert await counting.tick(now)


async def test_while_a_job_runs_nobody_else_does(database: Any, now: datetime) -> None:
    counting = Counting(timedelta(seconds=1))

    async def ask(turn: Turn) -> None:
        assert not await counting.tick(now + timedelta(minutes=1))

    assert await run_if_due(structs.replace(counting.job, run=ask), Turn(SETTINGS, now))
    assert (await state())["failures"] == 0


async def test_a_job_that_is_often_does_not_wait_after_a_failure(
    database: Any, now: datetime
) -> None:
    counting = Counting(timedelta(seconds=10))
    counting.fails = True
    assert await counting.tick(now)
    assert await counting.tick(now + timedelta(seconds=10))


async def _tick(now: datetime) -> bool:
    return await Counting().tick(now)


async def test_of_several_processes_one_runs_it(database_url: str, now: datetime) -> None:
    assert sum(together(database_url, _tick, [now] * 4)) == 1
