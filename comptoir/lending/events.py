"""Facts about loans that a higher floor may react to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class LoanOpened(msgspec.Struct, frozen=True):
    """An item was lent."""

    loan_id: UUID
    at: datetime


class LoanClosed(msgspec.Struct, frozen=True):
    """An item was brought back, or its loan was undone or written off."""

    loan_id: UUID
    at: datetime


class LoanRenewed(msgspec.Struct, frozen=True):
    """A loan is due later than before, or as before where the renewal was undone."""

    loan_id: UUID
    at: datetime
