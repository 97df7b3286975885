"""Messages for tests, with as little said as possible."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import db
from comptoir.notifications import outbox
from comptoir.notifications.inbound.doubts import Doubt, question_about
from comptoir.notifications.outbox import Draft
from comptoir.notifications.statuses import Status
from comptoir.notifications.tables import Message
from tests import factories as make

_numbers = itertools.count(1)


async def message(*, now: datetime, **values: Any) -> UUID:
    """One message in the outbox, to a mobile of its own; the site is made where none is given."""
    number = next(_numbers)
    if "site_id" not in values:
        values["site_id"] = (await make.site()).id
    draft = Draft(
        **{
            "kind": "due-soon",
            "channel": "sms",
            "address": f"+4179{number:07}",
            "language": "fr",
            "text": "Un objet est à rapporter demain.",
            "dedupe_key": f"test:{number}",
            **values,
        }
    )
    async with db.transaction():
        made = await outbox.write(draft, now=now)
    assert made is not None
    return made


async def read(message_id: UUID) -> Message:
    """A message as it is now."""
    found = await Message.objects().get(Message.id == message_id)
    assert found is not None
    return found


async def status(message_id: UUID) -> Status:
    """Its status as it is now."""
    return Status((await read(message_id)).status)


async def doubt_about(borrower_id: UUID) -> Doubt | None:
    """What the desk would ask about somebody's number now."""
    question = await question_about(borrower_id)
    return question.doubt if question else None
