"""What gateways tell by themselves, taken in: each thing once, whoever says it again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from comptoir.core import db, events
from comptoir.core.ids import new_id
from comptoir.core.plain_text import is_unseen
from comptoir.notifications import outcomes
from comptoir.notifications.errors import HookUnknown, HookUnreadable
from comptoir.notifications.events import ReplyArrived
from comptoir.notifications.gateways.hooks import (
    LARGEST_DELIVERY,
    Delivery,
    Hook,
    Incoming,
    Report,
    Unreadable,
)
from comptoir.notifications.incoming_numbers import sender_of

#: What is older was told before, or nobody waits for it any more. Calls are remembered for longer.
OLDEST = timedelta(days=30)
#: In characters; a text has at most a few hundred.
LONGEST_TEXT = 2000

_REMEMBER = """
INSERT INTO notifications_hook_call (id, gateway, kind, fingerprint, told, received_at)
VALUES (:id, :gateway, :kind, :fingerprint, :told, :now)
ON CONFLICT (fingerprint) DO NOTHING
RETURNING id
"""
_HEARD = "SELECT fingerprint FROM notifications_hook_call WHERE fingerprint IN :prints"
_ABOUT = "UPDATE notifications_hook_call SET message = :message WHERE id = :id"
_KEEP = """
INSERT INTO notifications_reply
    (id, gateway, sender, recipient, text, borrower, sent_at, received_at)
VALUES (:id, :gateway, :sender, :recipient, :text, CAST(:borrower AS uuid), :sent_at, :now)
"""
_WHOSE = "SELECT id FROM lending_borrower WHERE phone = :phone LIMIT 2"


async def take_report(
    name: str,
    hook: Hook | None,
    delivery: Delivery,
    *,
    now: datetime,
    largest: int = LARGEST_DELIVERY,
) -> None:
    """Write down what became of a message; nothing new where it was told before.

    Raises:
        HookUnknown: there is no such gateway, or it is somebody else who tells.
        HookUnreadable: it makes no sense.
    """
    hook = _trusted(hook, delivery, now=now, largest=largest)
    try:
        report = hook.report(delivery)
    except Unreadable:
        raise HookUnreadable from None
    await keep_report(name, report, hook.kept(delivery), now=now)


async def keep_report(name: str, report: Report, told: str, *, now: datetime) -> None:
    """The same, of a report that is trusted and read; ``told`` is what is kept of it."""
    async with db.transaction():
        call = await _remember(name, "report", report.key, told, now=now)
        if call is None:
            return
        known = await outcomes.report(
            report.message_id,
            report.status,
            now=now,
            reason=report.reason,
            reference=report.reference,
            by=name,
        )
        if known:
            await db.execute(_ABOUT, id=call, message=report.message_id)


async def take_reply(name: str, hook: Hook | None, delivery: Delivery, *, now: datetime) -> None:
    """Keep a message that came in, and tell whoever reacts to it; once.

    Raises:
        HookUnknown: there is no such gateway, or it is somebody else who tells.
        HookUnreadable: it makes no sense, or is older than ``OLDEST``.
    """
    hook = _trusted(hook, delivery, now=now)
    try:
        incoming = hook.incoming(delivery)
    except Unreadable:
        raise HookUnreadable from None
    if incoming.sent_at is not None and incoming.sent_at < now - OLDEST:
        raise HookUnreadable
    await keep_incoming(name, incoming, hook.kept(delivery), now=now)


async def keep_incoming(name: str, incoming: Incoming, told: str, *, now: datetime) -> None:
    """The same, of a message that is trusted and read; ``told`` is what is kept of the call."""
    # What reacts to it are use cases of their own, which take part.
    async with db.joinable():
        if await _remember(name, "message", incoming.key, told, now=now) is not None:
            await keep_reply(name, incoming, now=now)


async def unheard(name: str, keys: Sequence[str]) -> list[str]:
    """Those messages of a gateway, by their keys, that were not taken in before."""
    prints = {key: _fingerprint(name, "message", key) for key in keys}
    rows = await db.fetch(_HEARD, prints=list(prints.values())) if prints else []
    heard = {row["fingerprint"] for row in rows}
    return [key for key, print_ in prints.items() if print_ not in heard]


async def keep_reply(name: str, incoming: Incoming, *, now: datetime) -> None:
    """Keep a message that is trusted, read, and new; whoever reacts to it takes part."""
    text = text_of(incoming.text)
    sender = await sender_of(incoming.sender, incoming.recipient)
    whose = await db.fetch(_WHOSE, phone=sender)
    borrower = whose[0]["id"] if len(whose) == 1 else None
    reply_id = new_id()
    sent_at = incoming.sent_at or now
    await db.execute(
        _KEEP,
        id=reply_id,
        gateway=name,
        sender=sender,
        recipient=incoming.recipient[:40],
        text=text,
        borrower=borrower,
        sent_at=sent_at,
        now=now,
    )
    await events.publish(ReplyArrived(reply_id, sender, text, borrower, sent_at, now))


def text_of(text: str) -> str:
    """A text as it is kept: nothing in it that hides, or turns the writing around (U+202E)."""
    seen = (sign for sign in text[: 2 * LONGEST_TEXT] if not is_unseen(sign) and sign != "\x00")
    return "".join(seen)[:LONGEST_TEXT]


def _trusted(
    hook: Hook | None, delivery: Delivery, *, now: datetime, largest: int = LARGEST_DELIVERY
) -> Hook:
    if hook is None or not hook.trusts(delivery, now=now):
        raise HookUnknown
    if len(delivery.query) + len(delivery.body) > largest:
        raise HookUnreadable
    return hook


async def _remember(name: str, kind: str, key: str, told: str, *, now: datetime) -> UUID | None:
    """Keep a call; None if it was kept before."""
    call_id = new_id()
    fingerprint = _fingerprint(name, kind, key)
    values = {"gateway": name, "kind": kind, "fingerprint": fingerprint, "told": told}
    made = await db.fetch(_REMEMBER, id=call_id, now=now, **values)
    return call_id if made else None


def _fingerprint(name: str, kind: str, key: str) -> str:
    return hashlib.sha256(f"{name} {kind} {key}".encode()).hexdigest()
