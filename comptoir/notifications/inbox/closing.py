"""What stands beneath an answer by hand, as beneath each message: the place, and its opening."""

from __future__ import annotations

from datetime import datetime

import msgspec

from comptoir.notifications.date_words import opening_words
from comptoir.notifications.gsm7_wording import gsm7_wording
from comptoir.notifications.inbound.senders import Place, read_place, read_sender
from comptoir.notifications.inbox.schemas import ConversationRow
from comptoir.notifications.texts import language_file


class Closing(msgspec.Struct, frozen=True):
    """Which place answers, in which language, and its last line.

    ``line`` is empty where as little as can be is to be said, or nobody can tell the place.
    """

    place: Place
    language: str
    line: str


async def closing_of(talk: ConversationRow, *, now: datetime) -> Closing | None:
    """How an answer that is read at ``now`` ends; None where there is no site at all."""
    place, is_sure = await read_place(talk.site_id)
    if place is None:
        return None
    sender = await read_sender(talk.number)
    line = ""
    if is_sure and not sender.barest:
        phrases = language_file(sender.language).phrases
        opening = opening_words(place.calendar, sender.language, now=now) or phrases.no_opening
        name = gsm7_wording(place.name) or place.name
        line = phrases.signature.replace("{{place}}", name).replace("{{opening}}", opening)
    return Closing(place, sender.language, line)
