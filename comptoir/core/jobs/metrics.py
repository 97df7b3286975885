"""How the jobs do, in the text format of Prometheus (version 0.0.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from comptoir.core.jobs.listing import JobView


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


_GAUGES: dict[str, tuple[str, Callable[[JobView], float]]] = {
    "comptoir_job_failures": ("Failures of a job in a row.", lambda job: job.failures),
    "comptoir_job_last_run_timestamp_seconds": (
        "When a job was last begun, whatever became of it.",
        lambda job: _seconds(job.started_at),
    ),
    "comptoir_job_last_success_timestamp_seconds": (
        "When a job was last done.",
        lambda job: _seconds(job.succeeded_at),
    ),
    "comptoir_job_next_run_timestamp_seconds": (
        "When it is due next: long past where no process runs the jobs.",
        lambda job: _seconds(job.next_run_at),
    ),
}


def metrics_of(jobs: Sequence[JobView]) -> str:
    """A line for each job and figure."""
    lines = []
    for name, (about, value) in _GAUGES.items():
        lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        lines += [f'{name}{{job="{job.name}"}} {value(job):.15g}' for job in jobs]
    return "\n".join(lines) + "\n"
