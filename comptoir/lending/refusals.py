"""Why lending says no: a stable code, and the data its sentence needs.

Rules return a ``Refusal``; ``errors.py`` has the sentence for each code.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class RefusalCode(StrEnum):
    """Part of the API: a code keeps its meaning, and is never used for another."""

    # Due dates
    SITE_NEVER_OPEN = "lending.site-never-open"
    SITE_CLOSED_TODAY = "lending.site-closed-today"
    ELIGIBILITY_ENDING = "lending.eligibility-ending"


class Refusal(msgspec.Struct, frozen=True):
    """A no. ``data`` holds what the sentence names: numbers, dates, codes; no personal data."""

    code: RefusalCode
    data: dict[str, object] = {}
