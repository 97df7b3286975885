"""What happened to vouchers, for the floors above."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class VouchersRevealed(msgspec.Struct, frozen=True):
    """More than what stands on a card was seen of vouchers, on a page or in a file."""

    voucher_ids: tuple[UUID, ...]
    at: datetime
