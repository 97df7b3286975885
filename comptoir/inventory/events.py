"""What happened to items, for the floors above."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.principal import Principal
from comptoir.inventory.statuses import ItemStatus


class ItemStatusChanged(msgspec.Struct, frozen=True):
    """An item went from one status to another by a use case of inventory.

    ``present_site`` is where it is now, as far as one knows.
    """

    item_id: UUID
    before: ItemStatus
    after: ItemStatus
    present_site: UUID
    actor: Principal
    at: datetime
