"""A wording as a text message to a phone of one's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import first_id_of, new_id
from comptoir.core.principal import Principal
from comptoir.notifications import limits, outbox
from comptoir.notifications.channels import Channel
from comptoir.notifications.errors import AllSitesNeeded, TooManyTests
from comptoir.notifications.kinds import TEST
from comptoir.notifications.numbers import Number, read_number
from comptoir.notifications.outbox import Draft
from comptoir.notifications.own_wordings.previews import make_preview, sender_for
from comptoir.notifications.own_wordings.schemas import Key, TestWording, TryWording
from comptoir.notifications.own_wordings.services import ways_of
from comptoir.notifications.permissions import answers_for_all
from comptoir.notifications.sentences import number_sentence

#: In an hour, of all people together: a test costs as any message does.
MOST_TESTS = 10
WITHIN = timedelta(hours=1)

WORDING_NOT_SENT = "notifications.wording-not-sent"
NUMBER_CANNOT_TEXT = "notifications.number-cannot-text"

_RECENT = """
SELECT COUNT(*) AS number FROM notifications_message message
WHERE message.id >= :since AND message.kind = :kind
"""


async def send_test(
    actor: Principal, key: Key, command: TestWording, *, base_url: str, now: datetime
) -> UUID:
    """Put what a wording makes into the outbox, for the number that was typed; its id.

    Raises:
        AllSitesNeeded: the actor does not answer for all sites.
        WordingNotFound: there is no such kind or language.
        Invalid: the wording or the number cannot be used, or nobody is sent this kind.
        LoanNotFound: no such loan is on loan at the actor's sites.
        NoSite: there is no place for it to speak of.
        TooManyTests: there were enough within the hour.
    """
    if not answers_for_all(actor):
        raise AllSitesNeeded
    tried = TryWording(text=command.text, loan=command.loan, several=command.several)
    preview = await make_preview(actor, key, tried, base_url=base_url, now=now)
    sender = await sender_for(actor, tried, base_url)
    if Channel.SMS not in ways_of(key):
        sentence = _("This goes by no text message. Read it aloud to try it.")
        raise Invalid([FieldError("number", WORDING_NOT_SENT, sentence)])
    address = _address(command.number)
    async with db.transaction():
        await limits.lock_sending()  # so that two at once are counted one after the other
        since = first_id_of(now - WITHIN)
        row = await db.fetch_one(_RECENT, since=since, kind=TEST)
        if row and row["number"] >= MOST_TESTS:
            raise TooManyTests(int(WITHIN.total_seconds()))
        made = await outbox.write(
            Draft(
                site_id=sender.id,
                kind=TEST,
                channel="sms",
                address=address,
                language=key.language,
                text=preview.text,
                dedupe_key=f"test:{new_id()}",
            ),
            now=now,
        )
        assert made is not None  # noqa: S101 – no other has its key
        await audit.record(
            actor, "wording.tested", "message", made, now=now, changes={"kind": [None, key.kind]}
        )
    return made


def _address(text: str) -> str:
    number = read_number(text, "CH")
    if not isinstance(number, Number):
        raise Invalid([FieldError("number", number.value, number_sentence(number))])
    if not number.can_text:
        sentence = _("No text message can be read at this number. Type that of a mobile phone.")
        raise Invalid([FieldError("number", NUMBER_CANNOT_TEXT, sentence)])
    return number.e164
