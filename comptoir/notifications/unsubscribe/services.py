"""Somebody wants no more e-mails, and says so by the link in one of them."""

from __future__ import annotations

from datetime import datetime

from comptoir.core import db
from comptoir.core.accounts import throttle
from comptoir.core.accounts.throttle import Subject
from comptoir.core.keys import Keyring
from comptoir.notifications.inbound import wishes
from comptoir.notifications.unsubscribe.tokens import message_of

#: So many links that are not ours cost an address nothing: mail providers ask for many people.
FREE = 30

# The address is forgotten before the message is; then it is that of whom it was for.
_WHERE = """
SELECT COALESCE(NULLIF(message.address, ''), borrower.email) AS address
FROM notifications_message message
JOIN lending_borrower borrower ON borrower.id = message.borrower
WHERE message.id = :id AND message.channel = 'email'
"""


async def unsubscribe(keys: Keyring, token: str, *, address: str, now: datetime) -> None:
    """Send nothing more to where the e-mail went that the link was in; again, nothing new.

    It says nothing: neither whether the link is of our making, nor whether anybody was written to.

    Raises:
        TooManyAttempts: it is not, as too many from this ``address`` were not.
    """
    message_id = message_of(keys, token)
    if message_id is None:
        await throttle.begin([Subject(f"unsubscribe:{address}", free=FREE, shared=True)], now=now)
        return
    async with db.transaction():
        row = await db.fetch_one(_WHERE, id=message_id)
        if row is not None and row["address"]:
            await wishes.stop_emails(row["address"], now=now)
