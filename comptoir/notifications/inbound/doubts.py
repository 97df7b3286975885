"""Whether a number or an e-mail address is right: asked at the desk, once its owner is there."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.phones import show_phone
from comptoir.core.web.panels import Fill, Panel
from comptoir.notifications.numbers import Number, is_same_country, read_number
from comptoir.notifications.reasons import Reason

#: One failure may be a phone that is switched off for days.
FAILURES = 2
HARD = [
    Reason.NUMBER_INVALID.value,
    Reason.ADDRESS_INVALID.value,
    Reason.NOT_DELIVERED.value,
    Reason.LET_BE.value,  # whoever let it be has not made the number right
]

#: How many of the last messages to a ``borrower`` failed for good. Of an e-mail nobody tells
#: that it was delivered.
LAST_FAILED = """
(SELECT COUNT(*) FROM (
    SELECT message.status, message.reason FROM notifications_message message
    WHERE message.borrower = borrower.id
      AND CASE WHEN borrower.contact_kind = 'email'
          THEN message.channel = 'email' AND message.address = borrower.email
               AND (message.status IN ('failed', 'accepted') OR message.reason = 'let-be')
          ELSE message.channel = 'sms' AND message.address = borrower.phone
               AND (message.status IN ('failed', 'delivered') OR message.reason = 'let-be') END
    ORDER BY message.id DESC LIMIT :failures) AS last
 WHERE last.status IN ('failed', 'dropped') AND last.reason IN :hard)
"""
_READ = f"""
SELECT borrower.phone, borrower.contact_kind, borrower.address, wish.stopped_at,
       COALESCE(wish.wrong_address, '') AS wrong_address,
       COALESCE(wish.wrong_number, '') AS wrong_number,
       COALESCE(wish.right_number, '') AS right_number, {LAST_FAILED} AS failed,
       EXISTS (SELECT 1 FROM lending_borrower other WHERE other.phone = borrower.phone
               AND other.id <> borrower.id) AS "shared [BOOLEAN]",
       (SELECT string_agg(site.country, ' ') FROM lending_borrower_site known
        JOIN sites_site site ON site.id = known.site
        WHERE known.borrower = borrower.id) AS countries
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
    SHARED = "shared"  #: another borrower has the same
    FOREIGN = "foreign"  #: it is of no country of a site that knows them
    NO_LETTERS = "no-letters"  #: a letter to their address came back
    NO_MAIL = "no-mail"  #: the last e-mails to their address failed for good


#: What may be so and yet be right: a family shares a phone, a foreign one works.
MAY_BE_RIGHT = frozenset({Doubt.SHARED, Doubt.FOREIGN})


class Question(msgspec.Struct, frozen=True):
    """A doubt, whose number it is about, and the number (E.164; it may be empty).

    ``address`` is set where it is the postal one that is asked about.
    """

    doubt: Doubt
    borrower_id: UUID
    phone: str
    address: str = ""

    @property
    def may_be_right(self) -> bool:
        """One may answer that the number is right, and is asked no more."""
        return self.doubt in MAY_BE_RIGHT

    @property
    def number(self) -> str:
        """The number as people write it."""
        return show_phone(self.phone)


async def question_about(borrower_id: UUID) -> Question | None:
    """What is to be asked about somebody's number or address; None where it seems right.

    In this order: somebody answered that it is not theirs, and whether that was corrected;
    it takes no text messages; the last messages to it failed for good, or a letter came back.
    Then, unless they said that it is right: another borrower has the same; it is a foreign one.
    """
    row = await db.fetch_one(
        _READ,
        borrower=borrower_id,
        failures=FAILURES,
        hard=HARD,
    )
    doubt = _doubt(row) if row else None
    if row is None or doubt is None:
        return None
    address = row["address"] if doubt is Doubt.NO_LETTERS else ""
    return Question(doubt, borrower_id, row["phone"], address)


def _doubt(row: db.Row) -> Doubt | None:
    failed = row["failed"] >= FAILURES and row["stopped_at"] is None
    if row["contact_kind"] == "email" and failed:
        return Doubt.NO_MAIL
    if row["contact_kind"] == "letter" and row["stopped_at"] is None:
        wrong = row["address"] and row["address"] == row["wrong_address"]
        return Doubt.NO_LETTERS if wrong else None
    if not row["phone"]:
        return None
    if row["wrong_number"] and row["stopped_at"] is not None:
        return Doubt.NOT_THEIRS if row["wrong_number"] == row["phone"] else Doubt.CORRECTED
    if row["stopped_at"] is not None or row["contact_kind"] != "phone":
        return None
    number = read_number(row["phone"], "CH")  # kept with its country code
    if not (isinstance(number, Number) and number.can_text):
        return Doubt.NO_TEXTS
    if failed:
        return Doubt.FAILED
    if row["right_number"] == row["phone"]:
        return None
    if row["shared"]:
        return Doubt.SHARED
    countries = (row["countries"] or "").split()
    at_home = any(is_same_country(number.country, each) for each in countries)
    return Doubt.FOREIGN if countries and not at_home else None


async def panel(about: Fill) -> Panel | None:
    """On the page of a borrower and in their visit, for whoever looks after them."""
    question = await question_about(about.subject_id)
    return Panel("notifications/_number_doubt.html", question) if question else None
