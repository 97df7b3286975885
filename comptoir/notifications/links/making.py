"""Links are made when their messages are handed over: the outbox never holds a secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from comptoir.core import db
from comptoir.lending.events import LoanRenewed
from comptoir.notifications.gateways.protocol import Outgoing
from comptoir.notifications.links.tokens import STAND_IN, fill, new_token, token_hash

#: How long after the last of their things is due a link still leads somewhere.
LASTS = timedelta(days=14)

# Each is of what the person has at this moment, not of what the message names.
_ABOUT = """
SELECT message.id, message.site, message.borrower, message.address,
       (SELECT MAX(loan.due_at) FROM lending_loan loan
        WHERE loan.borrower = message.borrower AND loan.returned_at IS NULL)
       AS "last_due [TIMESTAMPTZ]"
FROM notifications_message message
WHERE message.id IN :ids AND message.borrower IS NOT NULL
"""
_INSERT = """
INSERT INTO notifications_borrower_link (token_hash, borrower, site, address, expires_at)
VALUES (:token_hash, :borrower, :site, :address, :expires_at)
"""
_RENEWED = """
SELECT loan.borrower, loan.due_at FROM lending_loan loan WHERE loan.id = :loan
"""
_LAST_LONGER = """
UPDATE notifications_borrower_link SET expires_at = :until
WHERE borrower = :borrower AND expires_at > :now AND expires_at < :until
"""
_FORGET = "DELETE FROM notifications_borrower_link WHERE expires_at < :now"
_REVOKE = "DELETE FROM notifications_borrower_link WHERE address = :address"


async def with_links(messages: Sequence[Outgoing], *, now: datetime) -> list[Outgoing]:
    """The messages as they go out: each link with a secret of its own, of which a hash is kept.

    It belongs into the transaction that claims them. A message that nobody in particular
    gets, such as a test, keeps what stands for the secret.
    """
    ids = [each.id for each in messages if STAND_IN in each.text]
    if not ids:
        return list(messages)
    about = {row["id"]: row for row in await db.fetch(_ABOUT, ids=ids)}
    rows, sent = [], []
    for message in messages:
        if (row := about.get(message.id)) is None:
            sent.append(message)
            continue
        token = new_token()
        sent.append(msgspec.structs.replace(message, text=fill(message.text, token)))
        rows.append(
            {
                "token_hash": token_hash(token),
                "borrower": row["borrower"],
                "site": row["site"],
                "address": row["address"],
                "expires_at": max(row["last_due"] or now, now) + LASTS,
            }
        )
    await db.insert_many(_INSERT, rows)
    return sent


async def follow_renewal(event: LoanRenewed) -> None:
    """Links that lead somewhere do so for as long as a renewed loan allows; none ends earlier."""
    loan = await db.fetch_one(_RENEWED, loan=event.loan_id)
    if loan is not None:
        until = loan["due_at"] + LASTS
        await db.execute(_LAST_LONGER, borrower=loan["borrower"], until=until, now=event.at)


async def revoke(address: str) -> None:
    """End all links that went to a number or an e-mail address."""
    await db.execute(_REVOKE, address=address)


async def forget(*, now: datetime) -> None:
    """Delete the links that lead nowhere any more."""
    await db.execute(_FORGET, now=now)
