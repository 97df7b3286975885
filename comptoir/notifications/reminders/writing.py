"""One message for one person: its text, its way, and what it was about, written together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.phones import show_phone
from comptoir.core.principal import SYSTEM
from comptoir.notifications import outbox
from comptoir.notifications.channels import BY_GATEWAY, Channel
from comptoir.notifications.numbers import Number, read_number
from comptoir.notifications.outbox import Draft
from comptoir.notifications.reminders.plans import THANKS
from comptoir.notifications.reminders.reading import Lent, Recipient, Sender
from comptoir.notifications.values import Facts, Form, Thing, message_text

_LOCK = f"""
SELECT loan.id, loan.due_at, loan.returned_at FROM lending_loan loan
WHERE loan.id IN :loans ORDER BY loan.id {db.for_update("loan")}
"""
_REACH = """
INSERT INTO notifications_loan_message (loan, level, due_at, message, at)
VALUES (:loan, :level, :due_at, CAST(:message AS uuid), :at)
"""


class Overtaken(Exception):
    """Something has changed since it was read: nothing is written, a later sweep looks anew."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written, and the levels that are reached by it.

    ``levels`` are by loan; ``also`` are loans that are named besides. ``channel`` is None
    where the person wants no message: then the levels alone are noted.
    """

    recipient: Recipient
    sender: Sender
    kind: str
    channel: Channel | None
    dedupe_key: str
    lent: tuple[Lent, ...]
    levels: tuple[tuple[Lent, str], ...]
    also: tuple[Lent, ...] = ()
    was_due: datetime | None = None
    not_before: datetime | None = None


def channel_for(
    recipient: Recipient,
    channels: Collection[Channel] = BY_GATEWAY,
    *,
    is_late: bool = False,
) -> Channel | None:
    """How a text gets to somebody: by SMS, e-mail, letter or call, or not at all, as they wish.

    ``channels`` are those that there is a gateway for. Where nothing is known but a counsellor,
    somebody at the desk calls them. Who is not to be reached is on that list too, once
    something is late: the desk asks them when they come.
    """
    if recipient.stopped or (recipient.contact_kind == "none" and not is_late):
        return None
    if recipient.contact_kind == "phone" and _can_text(recipient.phone):
        way = Channel.SMS
    elif recipient.contact_kind == "email" and recipient.email:
        way = Channel.EMAIL
    elif recipient.contact_kind == "letter" and recipient.has_address:
        return Channel.LETTER
    else:
        return Channel.CALL
    return way if way in channels else Channel.CALL


# The same numbers come back every few minutes.
@lru_cache(maxsize=20_000)
def _can_text(phone: str) -> bool:
    number = read_number(phone, "CH")  # kept with its country code
    return isinstance(number, Number) and number.can_text


def text_of(letter: Letter, *, now: datetime) -> str:
    """What it says, to be read at ``not_before``, or else now."""
    recipient, sender = letter.recipient, letter.sender
    form = FORMS[letter.channel or Channel.SMS]
    dates = None if letter.kind == THANKS else min(each.due_at for each in letter.lent)
    facts = Facts(
        place=sender.name,
        calendar=sender.calendar,
        phone=shown(sender.phone) if sender.phone else "",
        things=[_thing(each, letter) for each in letter.lent],
        also=[_thing(each, letter) for each in letter.also],
        due_at=dates,
        was_due=letter.was_due,
        is_two_way=takes_answers(sender, letter.channel),
        is_renewable=any(each.is_renewable for each in letter.lent),
        form=form,
        link=sender.link if letter.channel in BY_GATEWAY else "",
    )
    wording = sender.wordings.of(
        letter.kind, recipient.language, barest=recipient.barest, full=form is not Form.TEXT
    )
    return message_text(wording, facts, recipient.language, now=letter.not_before or now)


#: How what goes each way is worded.
FORMS = {
    Channel.SMS: Form.TEXT,
    Channel.EMAIL: Form.MAIL,
    Channel.LETTER: Form.PAPER,
    Channel.CALL: Form.SPOKEN,
}


def takes_answers(sender: Sender, channel: Channel | None) -> bool:
    """Whether what a site writes on this way can be answered."""
    if channel is Channel.EMAIL:
        return bool(sender.email)
    return sender.habits.takes_answers and channel is Channel.SMS


def _thing(lent: Lent, letter: Letter) -> Thing:
    if letter.kind == THANKS:
        return Thing(lent.name)
    return Thing(lent.name, lent.due_at, "" if lent.site_id == letter.sender.id else lent.place)


shown = lru_cache(maxsize=1024)(show_phone)


async def write(letter: Letter, *, now: datetime) -> UUID | None:
    """Put it into the outbox and note its levels, in one transaction; the message's id, if any.

    Raises:
        Overtaken: a loan came back, was renewed, or another sweep was faster.
    """
    text = text_of(letter, now=now) if letter.channel else ""
    async with db.transaction():
        await _lock(letter)
        message = None
        if letter.channel:
            message = await outbox.write(_draft(letter, text), now=now)
            if message is None:
                raise Overtaken
        await _reach(letter, message, now=now)
        if message:
            await audit.record_many([_told(letter, each, now) for each in _named(letter)])
    return message


async def _lock(letter: Letter) -> None:
    named = _named(letter)
    rows = await db.fetch(_LOCK, loans=[each.id for each in named])
    found = {row["id"]: row for row in rows}
    for each in named:
        row = found.get(each.id)
        if row is None or row["due_at"] != each.due_at:
            raise Overtaken
        if (row["returned_at"] is None) is (letter.kind == THANKS):
            raise Overtaken


async def _reach(letter: Letter, message: UUID | None, *, now: datetime) -> None:
    rows = [
        {"loan": lent.id, "level": level, "due_at": lent.due_at, "message": message, "at": now}
        for lent, level in letter.levels
    ]
    try:
        await db.insert_many(_REACH, rows)
    except db.IntegrityErrors as error:
        raise Overtaken from error


def _named(letter: Letter) -> Sequence[Lent]:
    main = {each.id for each in letter.lent}
    return (*letter.lent, *(each for each in letter.also if each.id not in main))


def _draft(letter: Letter, text: str) -> Draft:
    return Draft(
        site_id=letter.sender.id,
        kind=letter.kind,
        channel=letter.channel or "",
        address=address_for(letter.recipient, letter.channel),
        language=letter.recipient.language,
        text=text,
        dedupe_key=letter.dedupe_key,
        borrower_id=letter.recipient.id,
        not_before=letter.not_before,
    )


def address_for(recipient: Recipient, channel: Channel | None) -> str:
    """Where a message goes on this way."""
    match channel:
        case Channel.EMAIL:
            return recipient.email
        case Channel.LETTER:
            return ""  # it goes where they live when it is printed
    return recipient.phone


def _told(letter: Letter, lent: Lent, now: datetime) -> dict[str, object]:
    return audit.values(
        SYSTEM,
        "message.written",
        "loan",
        lent.id,
        now=now,
        related=(lent.item_id, letter.recipient.id),
        site_id=letter.sender.id,
        changes={"kind": [None, letter.kind], "channel": [None, letter.channel]},
    )
