"""What happened to vouchers, for the floors above."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class VoucherRevealed(msgspec.Struct, frozen=True):
    """The code of a voucher was seen on its page; ``tells_more``: more than stands on a card."""

    voucher_id: UUID
    tells_more: bool
    at: datetime
