"""When each job ran, runs next, and whether it failed: for people and programs."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from comptoir.core import db
from comptoir.core.jobs.registry import Job, all_jobs

#: What is due for longer is done by nobody: each process asks every minute at least.
LATE_AFTER = timedelta(minutes=10)

_READ = """
SELECT name, next_run_at, lease_until, started_at, succeeded_at, failed_at, failures, error
FROM core_job
"""


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job. `failures` are those in a row; `error` is the kind of the last one.

    `running` is true while a process is at it; `late` where its turn is long past and none is.
    All times are null before the first run.
    """

    name: str
    title: str
    every_seconds: int
    running: bool
    late: bool
    started_at: datetime | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    next_run_at: datetime | None
    failures: int
    error: str


async def list_jobs(*, now: datetime) -> list[JobView]:
    """Every job, in the reader's language."""
    rows = {row["name"]: row for row in await db.fetch(_READ)}
    return [_view(job, rows.get(job.name, {}), now=now) for job in all_jobs()]


def _view(job: Job, row: db.Row, *, now: datetime) -> JobView:
    lease, following = row.get("lease_until"), row.get("next_run_at")
    running = lease is not None and lease > now
    return JobView(
        name=job.name,
        title=str(job.label),
        every_seconds=int(job.every.total_seconds()),
        running=running,
        late=following is not None and not running and following < now - LATE_AFTER,
        started_at=row.get("started_at"),
        succeeded_at=row.get("succeeded_at"),
        failed_at=row.get("failed_at"),
        next_run_at=following,
        failures=row.get("failures", 0),
        error=row.get("error", ""),
    )
