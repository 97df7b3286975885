"""What is counted, and the yearly report."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec


class Reason(StrEnum):
    """What somebody comes for; ``UNSAID`` where nobody asked."""

    UNSAID = "unsaid"
    EQUIPMENT = "equipment"
    COMPUTER = "computer"
    HELP = "help"
    WORKSHOP = "workshop"
    OTHER = "other"


class CountVisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody came, or was counted by mistake."""

    reason: Reason = Reason.UNSAID


class VisitsToday(msgspec.Struct, frozen=True):
    """How many came today, in all and by reason. It stays at the site."""

    total: int
    reasons: Annotated[Mapping[Reason, int], msgspec.Meta(examples=[{"help": 4, "unsaid": 9}])]


class MonthOfVisits(msgspec.Struct, frozen=True):
    """A month of the report; null where a number is too small to tell."""

    month: int
    total: int | None
    reasons: Annotated[
        Mapping[Reason, int | None], msgspec.Meta(examples=[{"help": None, "unsaid": 90}])
    ]


class VisitsReport(msgspec.Struct, frozen=True):
    """A year of a site, and the sums of its months: null until all of them are over."""

    months: list[MonthOfVisits]
    total: int | None
    reasons: Annotated[
        Mapping[Reason, int | None], msgspec.Meta(examples=[{"help": None, "unsaid": 90}])
    ]
