"""Facts about messages that others may react to, in the transaction that they became known in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class ReplyArrived(msgspec.Struct, frozen=True):
    """A message came in. ``borrower_id`` is whose number it is, where it is one person's.

    Anybody can pretend to write from a number: nothing may be revealed because of it.
    """

    reply_id: UUID
    sender: str
    text: str
    borrower_id: UUID | None
    sent_at: datetime
    at: datetime
