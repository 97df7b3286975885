"""When each job ran, runs next, and whether it failed: for people and programs."""

from __future__ import annotations

from datetime import datetime

import msgspec

from comptoir.core import db
from comptoir.core.jobs.registry import all_jobs

_READ = """
SELECT name, next_run_at, lease_until, started_at, succeeded_at, failed_at, failures, error
FROM core_job
"""


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job. `failures` are those in a row; `error` is the kind of the last one.

    `running` is true while a process is at it. All times are null before the first run.
    """

    name: str
    title: str
    every_seconds: int
    running: bool
    started_at: datetime | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    next_run_at: datetime | None
    failures: int
    error: str


async def list_jobs(*, now: datetime) -> list[JobView]:
    """Every job, in the reader's language."""
    rows = {row["name"]: row for row in await db.fetch(_READ)}
    return [
        JobView(
            name=job.name,
            title=str(job.label),
            every_seconds=int(job.every.total_seconds()),
            running=bool((row := rows.get(job.name, {})).get("lease_until"))
            and row["lease_until"] > now,
            started_at=row.get("started_at"),
            succeeded_at=row.get("succeeded_at"),
            failed_at=row.get("failed_at"),
            next_run_at=row.get("next_run_at"),
            failures=row.get("failures", 0),
            error=row.get("error", ""),
        )
        for job in all_jobs()
    ]
