"""To whom no message would go: what a closure's preview says before anything is announced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from comptoir.core import db
from comptoir.notifications.channels import BY_GATEWAY, Channel
from comptoir.notifications.reminders.reading import RECIPIENT_COLUMNS, recipient_of
from comptoir.notifications.reminders.writing import channel_for

_PEOPLE = f"""
SELECT borrower.id AS borrower, {RECIPIENT_COLUMNS}
FROM lending_borrower borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = borrower.id
WHERE borrower.id IN :people
"""
_AT_ONCE = 500
_channels: Collection[Channel] = BY_GATEWAY


def use_channels(channels: Collection[Channel]) -> None:
    """Say by which channels people are written to; none: all messages only go to a file."""
    global _channels
    _channels = channels


async def not_reached(people: Sequence[UUID]) -> set[UUID]:
    """Those of some people to whom no text message and no e-mail goes.

    Their number takes none, nothing is noted, they asked for none, or no gateway is set up
    for it. Whether one arrives, nobody knows before.
    """
    found = set()
    for first in range(0, len(people), _AT_ONCE):
        for row in await db.fetch(_PEOPLE, people=[*people[first : first + _AT_ONCE]]):
            if channel_for(recipient_of(row), _channels) not in BY_GATEWAY:
                found.add(row["borrower"])
    return found
