"""One message about vouchers of a person that expire on one day, written with its record."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.principal import SYSTEM
from comptoir.notifications import outbox
from comptoir.notifications.channels import Channel
from comptoir.notifications.endings.reading import Given
from comptoir.notifications.outbox import Draft
from comptoir.notifications.reminders.plans import ENDING
from comptoir.notifications.reminders.reading import Recipient, Sender
from comptoir.notifications.reminders.writing import (
    FORMS,
    Overtaken,
    address_for,
    shown,
    takes_answers,
)
from comptoir.notifications.values import Facts, Form, Thing, message_text

# In the order of the desk: first the person, then vouchers. Whatever becomes of a voucher gives
# its row another version.
_LOCK_PERSON = f"""
SELECT borrower.id FROM lending_borrower borrower WHERE borrower.id = :borrower
{db.for_share("borrower")}
"""
_LOCK = f"""
SELECT voucher.id, voucher.version FROM inventory_voucher voucher
WHERE voucher.id IN :vouchers ORDER BY voucher.id {db.for_share("voucher")}
"""
_TOLD = """
INSERT INTO notifications_voucher_message (issue, level, last_day, ends_at, message, at)
VALUES (:issue, :level, :last_day, :ends_at, CAST(:message AS uuid), :at)
"""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written. ``channel`` is None where the person wants no message."""

    recipient: Recipient
    sender: Sender
    channel: Channel | None
    given: tuple[Given, ...]


async def write(notice: Notice, *, now: datetime) -> UUID | None:
    """Put it into the outbox and note what it tells of, in one transaction; its id, if any.

    Raises:
        Overtaken: a voucher or the person is not what was read, or another sweep was faster.
    """
    text = text_of(notice, now=now) if notice.channel else ""
    async with db.transaction():
        await _lock(notice)
        message = None
        if notice.channel:
            message = await outbox.write(_draft(notice, text), now=now)
            if message is None:
                raise Overtaken
        await _note(notice, message, now=now)
        if message:
            await audit.record_many([_trail(notice, each, now) for each in notice.given])
    return message


def text_of(notice: Notice, *, now: datetime) -> str:
    """What it says, to be read at ``now``."""
    recipient, sender = notice.recipient, notice.sender
    form = FORMS[notice.channel or Channel.SMS]
    facts = Facts(
        place=sender.name,
        calendar=sender.calendar,
        phone=shown(sender.phone) if sender.phone else "",
        things=[Thing(each.name) for each in notice.given],
        last_day=notice.given[0].held.last_day,
        is_two_way=takes_answers(sender, notice.channel),
        form=form,
    )
    full = form is not Form.TEXT
    wording = sender.wordings.of(ENDING, recipient.language, barest=recipient.barest, full=full)
    return message_text(wording, facts, recipient.language, now=now)


async def _lock(notice: Notice) -> None:
    if not await db.fetch(_LOCK_PERSON, borrower=notice.recipient.id):
        raise Overtaken
    rows = await db.fetch(_LOCK, vouchers=[each.voucher_id for each in notice.given])
    found = {row["id"]: row["version"] for row in rows}
    if any(found.get(each.voucher_id) != each.version for each in notice.given):
        raise Overtaken


async def _note(notice: Notice, message: UUID | None, *, now: datetime) -> None:
    rows = [
        {
            "issue": each.held.issue_id,
            "level": each.held.end.value,
            "last_day": each.held.last_day,
            "ends_at": each.held.ends_at.astimezone(UTC),
            "message": message,
            "at": now,
        }
        for each in notice.given
    ]
    try:
        await db.insert_many(_TOLD, rows)
    except db.IntegrityErrors as error:
        raise Overtaken from error


def _draft(notice: Notice, text: str) -> Draft:
    first = notice.given[0].held
    return Draft(
        site_id=notice.sender.id,
        kind=ENDING,
        channel=notice.channel or "",
        address=address_for(notice.recipient, notice.channel),
        language=notice.recipient.language,
        text=text,
        dedupe_key=f"{ENDING}:{first.issue_id}:{first.end}:{first.last_day}",
        borrower_id=notice.recipient.id,
    )


def _trail(notice: Notice, given: Given, now: datetime) -> dict[str, object]:
    return audit.values(
        SYSTEM,
        "message.written",
        "voucher",
        given.voucher_id,
        now=now,
        related=(notice.recipient.id,),
        site_id=notice.sender.id,
        changes={"kind": [None, ENDING], "channel": [None, notice.channel]},
    )
