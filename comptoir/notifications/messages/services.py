"""What is decided about messages: another try, the switch, the budget."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from babel.numbers import is_currency

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.notifications import limits, outbox
from comptoir.notifications.channels import Channel
from comptoir.notifications.errors import (
    AdministratorNeeded,
    MessageMoot,
    MessageNotFound,
    NotLetBe,
    NotTriedAgain,
    SendingChanged,
)
from comptoir.notifications.messages.queries import PART_OF_UNIT, read_message
from comptoir.notifications.messages.schemas import DecideSending, MessageRow
from comptoir.notifications.outbox import Draft
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.about import hand_on
from comptoir.notifications.statuses import TO_DECIDE
from comptoir.notifications.voucher_codes import KIND as VOUCHER
from comptoir.notifications.voucher_codes import send_again

LARGEST_BUDGET = 1_000_000

_LOCK = f"""
SELECT message.id FROM notifications_message message
WHERE message.id = :id {db.for_update("message")}
"""
_NOW_AT = "SELECT phone, email FROM lending_borrower WHERE id = :id"
_DECIDE = """
UPDATE notifications_sending
SET paused_at = :paused_at, budget = :budget,
    currency = :currency, version = version + 1
WHERE id = 1
"""

#: ISO 4217's codes for no currency and for tests.
_NO_MONEY = ("XXX", "XTS")


async def try_again(actor: Principal, message_id: UUID, *, now: datetime) -> UUID:
    """Send a message that failed or is unknown, or was let be, once more; the new one's id.

    It goes to the number or e-mail address that the person has by now; the code of a voucher to
    the number that it was asked for.

    Raises:
        MessageNotFound: there is no such message at the actor's sites.
        MessageMoot: it makes no sense any more: what it asks for is back, say, or the person's
            number is another one than that of a code.
        NotTriedAgain: it did not end badly, or was tried again before.
    """
    async with db.transaction():
        found = await _find(actor, message_id, now=now)
        if found.moot:
            raise MessageMoot
        if not found.may_be_tried_again:
            raise NotTriedAgain
        if found.kind == VOUCHER:
            await send_again(actor, message_id, now=now)
        made = await outbox.write(await _once_more(found), now=now)
        if made is None:  # somebody else was faster
            raise NotTriedAgain
        # What it is about goes with it: that may be over before it is sent.
        await hand_on([message_id], made)
        await audit.record(
            actor, "message.tried_again", "message", message_id, now=now, site_id=found.site_id
        )
    return made


async def let_be(actor: Principal, message_id: UUID, *, now: datetime) -> None:
    """Nobody need decide any more about a message that failed or is unknown. Twice is as once.

    It is dropped. It may still be tried again, by whoever finds that it was a slip.

    Raises:
        MessageNotFound: there is no such message at the actor's sites.
        NotLetBe: it did not end badly, or was tried again.
    """
    async with db.transaction():
        found = await _find(actor, message_id, now=now)
        if found.is_let_be:
            return
        if found.again or not await outbox.drop(
            [message_id], Reason.LET_BE, actor=actor, of=TO_DECIDE, now=now
        ):
            raise NotLetBe


async def _find(actor: Principal, message_id: UUID, *, now: datetime) -> MessageRow:
    """A message that nobody else decides about before the transaction's end."""
    await db.fetch(_LOCK, id=message_id)
    found = await read_message(actor, message_id, now=now)
    if found is None or not actor.has_role(Role.COORDINATOR, found.site_id):
        raise MessageNotFound
    return found


async def _once_more(found: MessageRow) -> Draft:
    address = found.address
    column = {Channel.SMS: "phone", Channel.EMAIL: "email"}.get(Channel(found.channel))
    if column and found.borrower_id is not None:
        row = await db.fetch_one(_NOW_AT, id=found.borrower_id)
        address = (row and row[column]) or address
    return Draft(
        site_id=found.site_id,
        borrower_id=found.borrower_id,
        kind=found.kind,
        channel=found.channel,
        address=address,
        language=found.language,
        text=found.text,
        dedupe_key=f"again:{found.id}",
        again_of=found.id,
    )


async def decide_sending(
    actor: Principal, command: DecideSending, *, version: int, now: datetime
) -> None:
    """Stop all sending or let it go on, and set the budget of a month.

    Raises:
        AdministratorNeeded: the actor is no administrator of all sites.
        Invalid: the budget or the currency is none.
        SendingChanged: somebody else decided since.
    """
    if not actor.has_role_everywhere(Role.ADMIN):
        raise AdministratorNeeded
    _check(command)
    async with db.transaction():
        before = await limits.lock_sending()
        if version != before.version:
            raise SendingChanged
        paused_at = (before.paused_at or now) if command.stopped else None
        budget = None if command.budget is None else command.budget * PART_OF_UNIT
        await db.execute(_DECIDE, paused_at=paused_at, budget=budget, currency=command.currency)
        changes = audit.difference(
            {
                "stopped": before.paused_at is not None,
                "budget": before.budget and before.budget // PART_OF_UNIT,
                "currency": before.currency,
            },
            {
                "stopped": command.stopped,
                "budget": command.budget,
                "currency": command.currency,
            },
        )
        await audit.record(actor, "sending.decided", "sending", None, now=now, changes=changes)


def _check(command: DecideSending) -> None:
    errors = []
    if command.budget is not None and not 0 <= command.budget <= LARGEST_BUDGET:
        text = _("Enter a whole amount from 0 to %(most)s.", most=LARGEST_BUDGET)
        errors.append(FieldError("budget", "notifications.budget-invalid", text))
    if command.currency in _NO_MONEY or not is_currency(command.currency, "en"):
        text = _("Enter the three letters of a currency, such as CHF or EUR.")
        errors.append(FieldError("currency", "notifications.currency-invalid", text))
    if errors:
        raise Invalid(errors)
