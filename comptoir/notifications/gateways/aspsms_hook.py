"""What ASPSMS tells: by GET, to the address that each message named (``aspsms``).

Source: ASPSMS JSON API documentation, notification addresses of "SendTextSMS". It signs
nothing, so the address holds the secret; what it tells again is known by its key, and a
status only moves forward.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from comptoir.notifications.gateways.hooks import (
    Delivery,
    Incoming,
    Report,
    Unreadable,
    names,
    values_of,
    without_secret,
)
from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status

_MEANINGS: dict[str, tuple[Status, Reason | None]] = {
    "buffered": (Status.ACCEPTED, None),
    "delivered": (Status.DELIVERED, None),
    "failed": (Status.FAILED, Reason.NOT_DELIVERED),
}


class AspsmsHook:
    """Reads what ASPSMS tells that knows ``secret``; empty: it may tell nothing."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def trusts(self, delivery: Delivery, *, now: datetime) -> bool:
        """It names the secret."""
        return names(self._secret, delivery)

    def report(self, delivery: Delivery) -> Report:
        """One of the three addresses of a message."""
        values = values_of(delivery)
        told = values.get("status", "")
        if told not in _MEANINGS:
            raise Unreadable
        try:
            message_id = UUID(values.get("message", ""))
        except ValueError:
            raise Unreadable from None
        status, reason = _MEANINGS[told]
        return Report(f"{message_id} {told}", message_id, status, reason)

    def incoming(self, delivery: Delivery) -> Incoming:
        """It passes no messages on."""
        raise Unreadable

    def kept(self, delivery: Delivery) -> str:
        """The query without the secret."""
        return urlencode(without_secret(delivery))
