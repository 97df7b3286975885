"""One tick of a job, by whichever process comes first."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.core.jobs.registry import Job, Turn
from comptoir.core.logging import without_values

#: A job that failed is tried again after so long, if its next turn is not sooner.
AFTER_A_FAILURE = timedelta(minutes=10)
#: How much longer than the job the lease lasts, for the clocks of two machines.
MARGIN = timedelta(seconds=30)
#: Clocks of two machines are no further apart than this: what is, a wrong clock wrote.
CLOCKS_DIFFER_BY = timedelta(minutes=5)

log = structlog.get_logger("comptoir.jobs")

_NOT_YET = """
SELECT 1 AS no FROM core_job
WHERE name = :name AND (next_run_at > :now AND next_run_at <= :latest
                        OR lease_until > :now AND lease_until <= :longest)
"""
_INTRODUCE = """
INSERT INTO core_job (name, next_run_at, failures, error) VALUES (:name, :now, 0, '')
ON CONFLICT (name) DO NOTHING
"""
_CLAIM = """
UPDATE core_job
SET lease_owner = :owner, lease_until = :until, started_at = :now, next_run_at = :next_run_at
WHERE name = :name AND (next_run_at <= :now OR next_run_at > :latest)
  AND (lease_until IS NULL OR lease_until <= :now OR lease_until > :longest)
RETURNING name
"""
_DONE = """
UPDATE core_job
SET lease_owner = NULL, lease_until = NULL, succeeded_at = started_at, failures = 0, error = '',
    next_run_at = :next_run_at
WHERE name = :name AND lease_owner = :owner
"""
_FAILED = """
UPDATE core_job
SET lease_owner = NULL, lease_until = NULL, failures = failures + 1, error = :error,
    failed_at = started_at, next_run_at = :again
WHERE name = :name AND lease_owner = :owner
"""
_LEFT = """
UPDATE core_job SET lease_owner = NULL, lease_until = NULL, next_run_at = :now
WHERE name = :name AND lease_owner = :owner
"""


async def run_if_due(job: Job, turn: Turn) -> bool:
    """Run the job if its time has come and no other process does; whether it ran.

    A tick that nobody was there for is caught up, once: the next one counts from now. A
    job whose process died is taken up by another when its lease is over, however rare it
    is; one that is cancelled, because the process ends, at once. What a clock that was far
    ahead wrote, once it is put right, is no reason to wait for it.
    """
    owner, now = new_id(), turn.now
    if not await _claim(job, owner, now=now):
        return False
    try:
        async with asyncio.timeout(job.longest.total_seconds()):
            await job.run(turn)
    except asyncio.CancelledError:
        await db.execute(_LEFT, name=job.name, owner=owner, now=now)
        raise
    except Exception as error:
        log.error("job failed", job=job.name, **without_values(error))
        again = now + min(job.every, AFTER_A_FAILURE)
        await db.execute(
            _FAILED, name=job.name, owner=owner, error=type(error).__name__[:60], again=again
        )
    else:
        await db.execute(_DONE, name=job.name, owner=owner, next_run_at=now + job.every)
    return True


async def _claim(job: Job, owner: UUID, *, now: datetime) -> bool:
    # Asked first: a write, even one of nothing, waits for others on SQLite.
    until = now + job.longest + MARGIN
    limits = {
        "latest": max(now + job.every, until) + CLOCKS_DIFFER_BY,
        "longest": until + CLOCKS_DIFFER_BY,
    }
    if await db.fetch(_NOT_YET, name=job.name, now=now, **limits):
        return False
    await db.execute(_INTRODUCE, name=job.name, now=now)
    return bool(
        await db.fetch(
            _CLAIM,
            name=job.name,
            owner=owner,
            until=until,
            # Of a job that does not come to its end, the turn is not over with the lease.
            next_run_at=min(now + job.every, until),
            now=now,
            **limits,
        )
    )
