"""Whose link it is, if it leads anywhere.

A secret that is wrong, unsigned, too old or revoked is looked for in the same one statement, and
found by its hash: nothing tells one from the other, neither the answer nor how long it takes.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.accounts import throttle
from comptoir.core.accounts.throttle import Subject
from comptoir.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from comptoir.notifications.links.tokens import is_signed, token_hash

#: So many links that lead nowhere cost an address nothing: a whole hostel may share it.
FREE = 30

_FIND = """
SELECT link.borrower, borrower.language, COALESCE(wanted.barest, FALSE) AS "barest [BOOLEAN]"
FROM notifications_borrower_link link
LEFT JOIN notifications_borrower_wish wanted ON wanted.borrower = link.borrower
JOIN lending_borrower borrower ON borrower.id = link.borrower
    AND link.address IN (borrower.phone, borrower.email)
    AND NOT EXISTS (SELECT 1 FROM notifications_borrower_wish wish
                    WHERE wish.borrower = borrower.id AND wish.wrong_number = link.address)
JOIN notifications_site_sending sending ON sending.site = link.site AND sending.has_links
WHERE link.token_hash = :token_hash AND link.expires_at > :now
  AND EXISTS (SELECT 1 FROM lending_loan loan
              WHERE loan.borrower = link.borrower AND loan.returned_at IS NULL)
"""


class Opened(msgspec.Struct, frozen=True):
    """Whose link it is, and what they read. ``barest``: not even what they have is named."""

    borrower_id: UUID
    language: str
    barest: bool


async def open_link(token: str, *, address: str, now: datetime) -> Opened | None:
    """Whose link it is; None where it leads nowhere (any more).

    A link that leads somewhere is opened however often others from the address guessed: one
    of 69 bits is not found by guessing, and somebody waits for the page. Only misses are
    counted, and refused.

    Raises:
        TooManyAttempts: it leads nowhere, as too many from this address did.
    """
    row = await db.fetch_one(_FIND, token_hash=token_hash(token), now=now)
    if row is None or not is_signed(token):
        await throttle.begin([Subject(f"link:{address}", free=FREE, shared=True)], now=now)
        return None
    language = row["language"] if row["language"] in LANGUAGES else DEFAULT_LANGUAGE
    return Opened(row["borrower"], language, bool(row["barest"]))
