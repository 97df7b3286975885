"""Whether a number or an e-mail address is right: asked at the desk, once its owner is there."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.web.panels import Fill, Panel
from comptoir.notifications.numbers import Number, read_number
from comptoir.notifications.reasons import Reason

#: One failure may be a phone that is switched off for days.
FAILURES = 2
HARD = [
    Reason.NUMBER_INVALID.value,
    Reason.ADDRESS_INVALID.value,
    Reason.NOT_DELIVERED.value,
]

#: How many of the last messages to a ``borrower`` failed for good. Of an e-mail nobody tells
#: that it was delivered.
LAST_FAILED = """
(SELECT COUNT(*) FROM (
    SELECT message.status, message.reason FROM notifications_message message
    WHERE message.borrower = borrower.id
      AND CASE WHEN borrower.contact_kind = 'email'
          THEN message.channel = 'email' AND message.address = borrower.email
               AND message.status IN ('failed', 'accepted')
          ELSE message.channel = 'sms' AND message.address = borrower.phone
               AND message.status IN ('failed', 'delivered') END
    ORDER BY message.id DESC LIMIT :failures) AS last
 WHERE last.status = 'failed' AND last.reason IN :hard)
"""
_READ = f"""
SELECT borrower.phone, borrower.contact_kind, wish.stopped_at,
       COALESCE(wish.wrong_number, '') AS wrong_number, {LAST_FAILED} AS failed
FROM lending_borrower borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = borrower.id
WHERE borrower.id = :borrower
"""


class Doubt(StrEnum):
    """What is to be asked about a number, or about an e-mail address."""

    NOT_THEIRS = "not-theirs"
    CORRECTED = "corrected"  #: it was not theirs, and is another now; nothing is sent yet
    NO_TEXTS = "no-texts"
    FAILED = "failed"
    NO_MAIL = "no-mail"  #: the last e-mails to their address failed for good


class Question(msgspec.Struct, frozen=True):
    """A doubt, and whose number it is about."""

    doubt: Doubt
    borrower_id: UUID


async def doubt_about(borrower_id: UUID) -> Doubt | None:
    """What is to be asked about somebody's number or address; None where it seems right.

    In this order: somebody answered that it is not theirs, and whether that was corrected;
    it takes no text messages; the last messages to it failed for good.
    """
    row = await db.fetch_one(
        _READ,
        borrower=borrower_id,
        failures=FAILURES,
        hard=HARD,
    )
    if row is None:
        return None
    failed = row["failed"] >= FAILURES and row["stopped_at"] is None
    if row["contact_kind"] == "email" and failed:
        return Doubt.NO_MAIL
    if not row["phone"]:
        return None
    if row["wrong_number"] and row["stopped_at"] is not None:
        return Doubt.NOT_THEIRS if row["wrong_number"] == row["phone"] else Doubt.CORRECTED
    if row["stopped_at"] is not None or row["contact_kind"] != "phone":
        return None
    number = read_number(row["phone"], "CH")  # kept with its country code
    if not (isinstance(number, Number) and number.can_text):
        return Doubt.NO_TEXTS
    return Doubt.FAILED if failed else None


async def panel(about: Fill) -> Panel | None:
    """On the page of a borrower and in their visit, for whoever looks after them."""
    doubt = await doubt_about(about.subject_id)
    if doubt is None:
        return None
    return Panel("notifications/_number_doubt.html", Question(doubt, about.subject_id))
