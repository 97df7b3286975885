"""Where an item stands. The names are part of the API and stored in its row."""

from __future__ import annotations

from enum import StrEnum


class ItemStatus(StrEnum):
    """Exactly one holds at a time; only ``available`` can be lent."""

    AVAILABLE = "available"
    ON_LOAN = "on_loan"
    IN_TRANSIT = "in_transit"
    TO_CHECK = "to_check"
    IN_REPAIR = "in_repair"
    LOST = "lost"
    STOLEN = "stolen"
    RETIRED = "retired"


#: Nobody knows where it is; a scan means that it was found again.
GONE = frozenset({ItemStatus.LOST, ItemStatus.STOLEN})


class ProblemKind(StrEnum):
    """What is wrong with an item that is set aside."""

    MISSING = "missing"
    DAMAGED = "damaged"


class Condition(StrEnum):
    """How worn an item is; it says nothing of whether it works."""

    NEW = "new"
    GOOD = "good"
    WORN = "worn"
    POOR = "poor"
