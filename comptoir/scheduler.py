"""The clock that strikes for the jobs, in each process that may run them.

APScheduler does the waiting: one timer a job, never two runs of it at once here, late
strikes made one. Which process then runs the job is decided in the database
(``core.jobs``). It is imported where a clock starts: the process of a desk that runs no
jobs has no use for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import structlog

from comptoir.core import clock
from comptoir.core.jobs import Job, Turn, all_jobs, run_if_due
from comptoir.core.logging import without_values
from comptoir.core.settings import Settings

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

#: A job that is rarer is asked for as often: whoever did it last may be gone.
STRIKES_AT_LEAST_EVERY = timedelta(minutes=1)
#: How long what is being done when the process ends may go on; less than ``serve`` waits.
SECONDS_TO_STOP = 3.0

log = structlog.get_logger("comptoir.jobs")


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[None]:
    """Run the jobs that are due, now and again, until the block ends."""
    clockwork = _Clockwork(settings)
    clockwork.start()
    try:
        yield
    finally:
        await clockwork.stop()


class _Clockwork:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._scheduler = _scheduler()
        self._stopping = asyncio.Event()
        self._at_work: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        for job in all_jobs():
            every = min(job.every, STRIKES_AT_LEAST_EVERY)
            self._scheduler.add_job(
                self._strike,
                "interval",
                (job,),
                seconds=every.total_seconds(),
                id=job.name,
                next_run_time=clock.now(),
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Let what is being done come to the end of its step, but not for long."""
        self._stopping.set()
        self._scheduler.pause()
        if self._at_work:
            _, late = await asyncio.wait(self._at_work, timeout=SECONDS_TO_STOP)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    async def _strike(self, job: Job) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._at_work.add(task)
        try:
            turn = Turn(self._settings, clock.now(), self._stopping.is_set)
            await run_if_due(job, turn)
        except Exception as error:  # the database is away: the next strike asks again
            log.error("job not asked for", job=job.name, **without_values(error))
        finally:
            self._at_work.discard(task)


def _scheduler() -> AsyncIOScheduler:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of each strike
    return AsyncIOScheduler(
        timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
