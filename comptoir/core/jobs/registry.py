"""Which jobs there are: each floor adds its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
from babel.support import LazyProxy

from comptoir.core.settings import Settings


class Turn(msgspec.Struct, frozen=True):
    """One run of a job, begun at ``now`` (UTC). ``stopping`` says whether the process ends.

    A job of many steps asks it between two of them.
    """

    settings: Settings
    now: datetime
    stopping: Callable[[], bool] = lambda: False


class Job(msgspec.Struct, frozen=True):
    """Something done ``every`` so often.

    ``run`` is stopped after ``longest``, and must bear being stopped anywhere, as by a
    power cut.
    """

    name: str
    label: LazyProxy
    every: timedelta
    longest: timedelta
    run: Callable[[Turn], Awaitable[None]]


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    """Add a job; the last one of a name counts."""
    _jobs[job.name] = job


def all_jobs() -> list[Job]:
    """All jobs, in the order in which they were added."""
    return list(_jobs.values())
