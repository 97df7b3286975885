"""The one place that asks the machine for the time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC.

    Only handlers, jobs and the command line call it; services and rules are
    given ``now``, so that a test can say what time it is.
    """
    return datetime.now(UTC)
