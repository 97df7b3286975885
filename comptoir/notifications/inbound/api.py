"""What the desk is to ask about numbers, for other programs."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.core.api import Call, get, post
from comptoir.lending.errors import BorrowerNotFound
from comptoir.notifications.errors import NumberNotAsked
from comptoir.notifications.inbound import right_numbers
from comptoir.notifications.inbound.doubts import Doubt
from comptoir.notifications.inbound.right_numbers import ConfirmNumber

TAG = "Messages"


class NumberQuestion(msgspec.Struct, frozen=True):
    """What is to be asked at the next visit; `doubt` is null where all seems right.

    `may_be_right` is true where a confirmation of `phone` ends the question.
    """

    doubt: Doubt | None = None
    phone: str = ""
    may_be_right: bool = False


@get(
    "/borrowers/{borrower_id:uuid}/number-question",
    scopes=("read", "desk", "borrowers"),
    tag=TAG,
    errors=(BorrowerNotFound,),
)
async def read_number_question(call: Call, borrower_id: UUID) -> NumberQuestion:
    """Read what is to be asked about a borrower's number or e-mail address, and why."""
    return await _read(call, borrower_id)


@post(
    "/borrowers/{borrower_id:uuid}/number-confirmations",
    scopes=("desk", "borrowers"),
    tag=TAG,
    errors=(BorrowerNotFound, NumberNotAsked),
)
async def confirm_number(call: Call, borrower_id: UUID, data: ConfirmNumber) -> NumberQuestion:
    """Write down that a number is right, though it is shared or foreign.

    It is asked about no more, unless messages to it fail or somebody answers that it is
    not theirs. Another number is asked about anew.
    """
    await right_numbers.confirm_number(call.actor, borrower_id, data, now=call.now)
    return await _read(call, borrower_id)


async def _read(call: Call, borrower_id: UUID) -> NumberQuestion:
    asked = await right_numbers.read_question(call.actor, borrower_id)
    if asked is None:
        return NumberQuestion()
    return NumberQuestion(asked.doubt, asked.phone, asked.may_be_right)


ROUTES = [read_number_question, confirm_number]
