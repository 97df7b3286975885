"""An e-mail that came back, as a mail server hands it on: by POST, as it is.

Source: RFC 3464 (delivery status notifications: ``Action``, ``Status``), RFC 6522
(``multipart/report``), RFC 3463 (what a status means). Which message of ours it is, its
``Message-ID`` says, in the part with what was sent or its head. It is not signed, so the address
that the mail server posts to holds the secret; what it tells again is known by its key.
"""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from uuid import UUID

from comptoir.notifications.gateways.hooks import (
    Delivery,
    Incoming,
    Report,
    Unreadable,
    names,
)
from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status

_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
_ACTIONS: dict[str, Status] = {
    "failed": Status.FAILED,
    "delayed": Status.ACCEPTED,
    "relayed": Status.ACCEPTED,
    "delivered": Status.DELIVERED,
    "expanded": Status.DELIVERED,
}
#: No such mailbox, no such domain, or neither takes mail at all.
_NO_SUCH = re.compile(r"5\.1\.(1|2|3|6|10)\b")


class SmtpHook:
    """Reads what a mail server hands on that knows ``secret``; empty: it may hand on nothing."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def trusts(self, delivery: Delivery, *, now: datetime) -> bool:
        """It names the secret."""
        return names(self._secret, delivery)

    def report(self, delivery: Delivery) -> Report:
        """What became of the one recipient that each e-mail of ours has."""
        message_id, action, status = _read(delivery.body)
        reason = None
        if _ACTIONS[action] is Status.FAILED:
            unknown = _NO_SUCH.match(status)
            reason = Reason.ADDRESS_INVALID if unknown else Reason.NOT_DELIVERED
        return Report(f"{message_id} {action}", message_id, _ACTIONS[action], reason)

    def incoming(self, delivery: Delivery) -> Incoming:
        """People read answers to e-mails."""
        raise Unreadable

    def kept(self, delivery: Delivery) -> str:
        """What it says of the message; no address, and nothing of its text."""
        try:
            _, action, status = _read(delivery.body)
        except Unreadable:
            return ""
        return f"{action} {status}".strip()


def _read(body: bytes) -> tuple[UUID, str, str]:
    """Which message, what was done with it, and its status.

    Raises:
        Unreadable: it is no such notification, or not of a message of ours.
    """
    try:
        mail = message_from_bytes(body)
        parts = list(mail.walk())
        told = [part for part in parts if part.get_content_type() == "message/delivery-status"]
        about = _said(told, "Action").lower(), _said(told, "Status")
        found = next((each for each in map(_message_id, parts[1:]) if each), None)
    except (MessageError, ValueError, LookupError, RecursionError):
        raise Unreadable from None
    if mail.get_content_type() != "multipart/report" or found is None or about[0] not in _ACTIONS:
        raise Unreadable
    status = re.match(r"[245]\.\d{1,3}\.\d{1,3}", about[1])
    return found, about[0], status[0] if status else ""


def _said(told: list[Message], name: str) -> str:
    """A field of the recipient: after those of the message as a whole, in a block of its own."""
    for part in told:
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else ():
            if isinstance(block, Message) and block.get(name):
                return str(block[name]).strip()
    return ""


def _message_id(part: Message) -> UUID | None:
    """The ``Message-ID`` of what was sent: all of it, or its head as a text."""
    if part.get_content_type() == "text/rfc822-headers":
        head = part.get_payload(decode=True)
        part = message_from_bytes(head if isinstance(head, bytes) else b"")
    found = _ID.match(str(part.get("Message-ID", "")).strip())
    return UUID(found[1]) if found else None
