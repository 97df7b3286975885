"""What gateways tell us by themselves, in the one form that all of theirs are read into."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec

from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status

#: In bytes: more than the longest message in parts, written with %XX, and nothing like a flood.
LARGEST_DELIVERY = 16_384
#: The same of an e-mail that came back, which may hold the whole of what was sent.
LARGEST_RETURNED = 262_144
_MOST_FIELDS = 20


class Delivery(msgspec.Struct, frozen=True):
    """A request as it came, undecoded: a gateway's charset is its own affair.

    ``url`` is the public address that it was for, with its query.
    """

    query: bytes
    body: bytes
    headers: Mapping[str, str]
    url: str


class Report(msgspec.Struct, frozen=True):
    """What became of a message. ``key`` is one and the same each time this is told.

    ``reference`` is what the gateway calls the message, where it says so only now.
    """

    key: str
    message_id: UUID
    status: Status
    reason: Reason | None = None
    reference: str = ""


class Incoming(msgspec.Struct, frozen=True):
    """A message from a phone. ``key`` is as for a report.

    ``sent_at`` is what the gateway says; None where it says no time.
    """

    key: str
    sender: str
    recipient: str
    text: str
    sent_at: datetime | None


def values_of(delivery: Delivery) -> dict[str, str]:
    """What the query says; nothing where it says more than any gateway would."""
    try:
        return dict(parse_qsl(delivery.query.decode("latin-1"), max_num_fields=_MOST_FIELDS))
    except ValueError:
        return {}


def names(secret: bytes, delivery: Delivery) -> bool:
    """True if the query names the secret; an empty one is nobody's."""
    given = values_of(delivery).get("secret", "").encode()
    return bool(secret) and hmac.compare_digest(given, secret)


def without_secret(delivery: Delivery) -> dict[str, str]:
    """What is kept of the query."""
    return {name: value for name, value in values_of(delivery).items() if name != "secret"}


class Unreadable(Exception):
    """It is from the gateway, and makes no sense."""


class Hook(Protocol):
    """Reads what one gateway tells."""

    def trusts(self, delivery: Delivery, *, now: datetime) -> bool:
        """True if it proves that it comes from the gateway, and, where it says when, that now."""
        ...

    def report(self, delivery: Delivery) -> Report:
        """A report on a message.

        Raises:
            Unreadable: it makes no sense.
        """
        ...

    def incoming(self, delivery: Delivery) -> Incoming:
        """A message that came in.

        Raises:
            Unreadable: it makes no sense.
        """
        ...

    def kept(self, delivery: Delivery) -> str:
        """What is kept of it to look into later: all but its secrets."""
        ...
