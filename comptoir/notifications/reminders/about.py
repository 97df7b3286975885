"""What messages are about: it goes with what is said instead of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from comptoir.core import db

_MOVE = "UPDATE {table} SET message = :to WHERE message IN :of"
_MOVES = [
    _MOVE.format(table=table)
    for table in ("notifications_loan_message", "notifications_voucher_message")
]


async def hand_on(of: Sequence[UUID], to: UUID) -> None:
    """A message says from now on what others were about, and is dropped when that is settled."""
    for move in _MOVES:
        await db.execute(move, of=[*of], to=to)
