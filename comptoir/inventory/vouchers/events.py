"""What happened to vouchers, for the floors above."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.principal import Principal
from comptoir.inventory.vouchers.statuses import VoucherStatus


class VoucherStatusChanged(msgspec.Struct, frozen=True):
    """A voucher went from one status to another, by somebody's doing at its site.

    What expires by itself is not told: it concerns many at once, and is read from their rows.
    """

    voucher_id: UUID
    site_id: UUID
    before: VoucherStatus
    after: VoucherStatus
    actor: Principal
    at: datetime


class VoucherRevealed(msgspec.Struct, frozen=True):
    """The code of a voucher was seen on its page; ``tells_more``: more than stands on a card."""

    voucher_id: UUID
    tells_more: bool
    at: datetime
