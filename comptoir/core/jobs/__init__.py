"""Work that the program does by itself, again and again: each job once per tick.

Every process may have a clock that strikes (``comptoir.scheduler``). Whether a job is
due, and who does it, is in one row of the database, the same on both engines.
"""

from comptoir.core.jobs.registry import Job, Turn, all_jobs, register
from comptoir.core.jobs.running import CLOCKS_DIFFER_BY, run_if_due

__all__ = ["CLOCKS_DIFFER_BY", "Job", "Turn", "all_jobs", "register", "run_if_due"]
