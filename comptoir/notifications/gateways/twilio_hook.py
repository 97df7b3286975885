"""What Twilio tells: by POST, as a form, signed.

Source: Twilio documentation, "Secure webhooks", "Track the Message Status of Outbound
Messages" and "Twilio's Request to your Webhook URL". The signature is HMAC-SHA1 over the
address followed by the names and values of the form in the order of their names.

It says no time. So what was told once is known by its key for as long as there are keys
(``retention``).
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

from comptoir.notifications.gateways.hooks import Delivery, Incoming, Report, Unreadable
from comptoir.notifications.gateways.twilio import REASONS
from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status

_MEANINGS: dict[str, Status] = {
    "accepted": Status.ACCEPTED,
    "queued": Status.ACCEPTED,
    "scheduled": Status.ACCEPTED,
    "sending": Status.ACCEPTED,
    "sent": Status.ACCEPTED,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
_MOST_FIELDS = 100


class TwilioHook:
    """Reads what an account tells whose auth token is ``token``; empty: none may tell anything."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def trusts(self, delivery: Delivery, *, now: datetime) -> bool:
        """It is signed, for the address that we gave it."""
        try:
            fields = sorted(set(_pairs(delivery.body)))
        except Unreadable:
            return False
        said = delivery.url + "".join(f"{name}{value}" for name, value in fields)
        # An older hash, which Twilio prescribes; in an HMAC it is not broken.
        signed = hmac.new(self._token, said.encode(), "sha1").digest()
        given = delivery.headers.get("x-twilio-signature", "").encode()
        return bool(self._token) and hmac.compare_digest(b64encode(signed), given)

    def report(self, delivery: Delivery) -> Report:
        """A status callback, to the address that named our message."""
        told = dict(_pairs(delivery.body))
        status = told.get("MessageStatus", "")
        if status not in _MEANINGS:
            raise Unreadable
        try:
            message_id = UUID(dict(_pairs(delivery.query)).get("message", ""))
        except ValueError:
            raise Unreadable from None
        reason = None
        if _MEANINGS[status] is Status.FAILED:
            code = told.get("ErrorCode", "")
            number = int(code) if code.isascii() and code.isdigit() and len(code) < 6 else 0
            reason = REASONS.get(number, Reason.NOT_DELIVERED)
        return Report(f"{message_id} {status}", message_id, _MEANINGS[status], reason)

    def incoming(self, delivery: Delivery) -> Incoming:
        """A message to a number of the account."""
        told = dict(_pairs(delivery.body))
        if not told.get("MessageSid") or not told.get("From"):
            raise Unreadable
        return Incoming(
            key=told["MessageSid"],
            sender=told["From"],
            recipient=told.get("To", ""),
            text=told.get("Body", ""),
            sent_at=None,
        )

    def kept(self, delivery: Delivery) -> str:
        """The form: no secret is in it."""
        return delivery.body.decode("utf-8", "replace").replace("\x00", "")


def _pairs(data: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            data.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise Unreadable from None
