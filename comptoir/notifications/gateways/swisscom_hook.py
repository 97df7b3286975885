"""What Swisscom tells: by PUT, to the address that each message named, that something changed.

Source: Swisscom developer documentation, "Smart Messaging", ``callbackUrl``: the header
``Location`` holds what Swisscom calls the message, and what has changed is asked for with that
(``swisscom``). It signs nothing, so the address holds the secret; what it tells again is known
by its key.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlencode, urlsplit
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
from comptoir.notifications.statuses import Status

#: It becomes a part of an address of Swisscom's, so nothing else may stand in it.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


class SwisscomHook:
    """Reads what Swisscom tells that knows ``secret``; empty: it may tell nothing."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def trusts(self, delivery: Delivery, *, now: datetime) -> bool:
        """It names the secret."""
        return names(self._secret, delivery)

    def report(self, delivery: Delivery) -> Report:
        """It has the message, and calls it so."""
        said = urlsplit(delivery.headers.get("location", "")).path.rstrip("/")
        called = said.rpartition("/")[2]
        try:
            message_id = UUID(values_of(delivery).get("message", ""))
        except ValueError:
            raise Unreadable from None
        if not _NAME.fullmatch(called):
            raise Unreadable
        return Report(f"{message_id} {called}", message_id, Status.ACCEPTED, reference=called)

    def incoming(self, delivery: Delivery) -> Incoming:
        """It passes no messages on."""
        raise Unreadable

    def kept(self, delivery: Delivery) -> str:
        """The query without the secret, and the header."""
        location = delivery.headers.get("location", "")[:200]
        return urlencode(without_secret(delivery) | {"location": location})
