"""A number that seems wrong, and is right: said at the desk once, and asked no more."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.lending.borrowers.visibility import find_visible
from comptoir.notifications.errors import NumberNotAsked
from comptoir.notifications.inbound.doubts import Question, question_about

_KNOWN = """
SELECT right_number FROM notifications_borrower_wish WHERE borrower = :borrower
"""
_WRITE = """
INSERT INTO notifications_borrower_wish (id, borrower, barest, right_number, version)
VALUES (:id, :borrower, :barest, :number, 1)
ON CONFLICT (borrower) DO UPDATE SET right_number = excluded.right_number
"""


class ConfirmNumber(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody says that the number, as it was shown, is right for them."""

    phone: Annotated[str, msgspec.Meta(max_length=20, examples=["+33612345678"])]


async def read_question(actor: Principal, borrower_id: UUID) -> Question | None:
    """What the desk is to ask about somebody's number or address; None: nothing.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
    """
    await find_visible(actor, borrower_id)
    return await question_about(borrower_id)


async def confirm_number(
    actor: Principal, borrower_id: UUID, command: ConfirmNumber, *, now: datetime
) -> None:
    """Write down that a shared or foreign number is right. Twice is as once.

    It holds for this person and this number: of whoever else has the number, it may be wrong.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
        NumberNotAsked: the number is another by now, or something else is asked about it.
    """
    async with db.transaction():
        person = await find_visible(actor, borrower_id, lock=True)
        if person["phone"] != command.phone:
            raise NumberNotAsked
        known = await db.fetch_one(_KNOWN, borrower=borrower_id)
        if known is not None and command.phone and known["right_number"] == command.phone:
            return
        question = await question_about(borrower_id)
        if question is None or not question.may_be_right:
            raise NumberNotAsked
        await db.execute(
            _WRITE, id=new_id(), borrower=borrower_id, barest=False, number=command.phone
        )
        await audit.record(
            actor,
            "borrower.number_confirmed",
            "borrower",
            borrower_id,
            now=now,
            changes={"doubt": [question.doubt.value, None]},
        )
