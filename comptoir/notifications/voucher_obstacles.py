"""Why a text message with the code of a voucher would not go, or not arrive.

Whoever gives the voucher stands before the person: they are told before anything is written, so
that the code is printed or copied instead.
"""

from __future__ import annotations

from uuid import UUID

from comptoir.core import db
from comptoir.lending.refusals import RefusalCode
from comptoir.notifications import limits
from comptoir.notifications.inbound.doubts import MAY_BE_RIGHT, question_about
from comptoir.notifications.numbers import Number, read_number
from comptoir.notifications.statuses import TO_DECIDE, Status

# What was tried again went as its last try did.
_READ = """
WITH RECURSIVE tried (id, status) AS (
    SELECT message.id, message.status FROM notifications_message message
    WHERE message.dedupe_key = :key
    UNION ALL
    SELECT again.id, again.status
    FROM tried JOIN notifications_message again ON again.again_of = tried.id
)
SELECT borrower.id, borrower.phone, wish.stopped_at,
       COALESCE(wish.wrong_number, '') AS wrong_number,
       EXISTS (SELECT 1 FROM tried last
               WHERE last.status IN :went_badly
                 AND NOT EXISTS (SELECT 1 FROM notifications_message again
                                 WHERE again.again_of = last.id)) AS "failed [BOOLEAN]"
FROM lending_voucher_issue issue
JOIN lending_borrower borrower ON borrower.id = issue.borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = borrower.id
WHERE issue.id = :issue
"""
#: A first try that was dropped is written anew; a later one is not.
_WENT_BADLY = (*TO_DECIDE, Status.DROPPED)


async def obstacle(issue_id: UUID) -> RefusalCode | None:
    """What is in the way, in this order; None where nothing is known to be.

    The number is not theirs, messages do not arrive there, or it takes none; the person wants
    none; this very message went badly before; all sending is stopped.
    """
    row = await db.fetch_one(
        _READ,
        issue=issue_id,
        key=f"voucher:{issue_id}",
        went_badly=[status.value for status in _WENT_BADLY],
    )
    if row is None:
        return RefusalCode.VOUCHER_NOT_SENDABLE
    if row["wrong_number"] and row["stopped_at"] is not None:
        return RefusalCode.VOUCHER_NUMBER_DOUBTED
    if row["stopped_at"] is not None:
        return RefusalCode.VOUCHER_MESSAGES_STOPPED
    number = read_number(row["phone"], "CH")  # kept with its country code
    question = await question_about(row["id"])
    if not (isinstance(number, Number) and number.can_text) or (
        question and question.doubt not in MAY_BE_RIGHT
    ):
        return RefusalCode.VOUCHER_NUMBER_DOUBTED
    if row["failed"]:
        return RefusalCode.VOUCHER_MESSAGE_FAILED
    if (await limits.read_sending()).paused_at is not None:
        return RefusalCode.VOUCHER_SENDING_PAUSED
    return None
