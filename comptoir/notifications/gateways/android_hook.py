"""What a telephone tells by SMS Gateway for Android: by POST, in JSON, signed.

Source: SMSGate documentation, "Webhooks", sections on events and on payload signing. The
signature is over the body followed by the time, made anew each time that it tries.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from comptoir.notifications.gateways.hooks import Delivery, Incoming, Report, Unreadable
from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status

#: What was signed longer ago, or is yet to be, may be somebody's recording of it.
_CLOCKS_DIFFER_BY = timedelta(minutes=5)

_MEANINGS: dict[str, tuple[Status, Reason | None]] = {
    "sms:sent": (Status.ACCEPTED, None),
    "sms:delivered": (Status.DELIVERED, None),
    "sms:failed": (Status.FAILED, Reason.NOT_DELIVERED),
}
_RECEIVED = "sms:received"


class _Event(msgspec.Struct):
    """The frame of each event; ``id`` stays the same when it is told again."""

    event: str
    id: str
    payload: dict[str, Any]


class AndroidHook:
    """Reads what a telephone tells that signs with ``secret``; empty: none may tell anything."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def trusts(self, delivery: Delivery, *, now: datetime) -> bool:
        """It is signed, and now."""
        said = delivery.headers.get("x-timestamp", "")
        try:
            signed_at = datetime.fromtimestamp(int(said), UTC)
        except (ValueError, OverflowError, OSError):
            return False
        signed = hmac.new(self._secret, delivery.body + said.encode(), hashlib.sha256)
        given = delivery.headers.get("x-signature", "").lower().encode()
        is_signed = hmac.compare_digest(signed.hexdigest().encode(), given)
        return bool(self._secret) and is_signed and abs(now - signed_at) <= _CLOCKS_DIFFER_BY

    def report(self, delivery: Delivery) -> Report:
        """``sms:sent``, ``sms:delivered`` or ``sms:failed``."""
        told = _event(delivery)
        if told.event not in _MEANINGS:
            raise Unreadable
        try:
            message_id = UUID(_text(told, "messageId"))
        except ValueError:
            raise Unreadable from None
        status, reason = _MEANINGS[told.event]
        return Report(f"{message_id} {told.event}", message_id, status, reason)

    def incoming(self, delivery: Delivery) -> Incoming:
        """``sms:received``. Older apps call the sender ``phoneNumber``."""
        told = _event(delivery)
        try:
            sent_at = datetime.fromisoformat(_text(told, "receivedAt"))
        except ValueError:
            raise Unreadable from None
        sender = _text(told, "sender") or _text(told, "phoneNumber")
        if told.event != _RECEIVED or not told.id or not sender or sent_at.tzinfo is None:
            raise Unreadable
        return Incoming(
            key=told.id,
            sender=sender,
            recipient=_text(told, "recipient"),
            text=_text(told, "message"),
            sent_at=sent_at.astimezone(UTC),
        )

    def kept(self, delivery: Delivery) -> str:
        """The body: no secret is in it."""
        return delivery.body.decode("utf-8", "replace").replace("\x00", "")


def _event(delivery: Delivery) -> _Event:
    # In a wrong charset what can be read of it is read.
    body = delivery.body.decode("utf-8", "replace")
    try:
        return msgspec.json.decode(body, type=_Event)
    except msgspec.MsgspecError:
        raise Unreadable from None


def _text(told: _Event, name: str) -> str:
    value = told.payload.get(name)
    return value if isinstance(value, str) else ""
