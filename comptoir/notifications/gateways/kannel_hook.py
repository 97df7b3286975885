"""What Kannel's smsbox tells: by GET, with the values that its configuration names.

``dlr-url`` is ours (``kannel.KannelGateway``). For messages that come in the operator
writes into the group ``sms-service``::

    get-url = "https://DESK/hooks/kannel/messages?secret=SECRET&id=%I&from=%p&to=%P&at=%T&coding=%c&text=%b"
    max-messages = 0

Source: Kannel 1.4.5 User's Guide, "Parameters (Escape Codes)". ``%b`` is the text in
bytes, UTF-8 or, where ``%c`` is 2, UTF-16 (big-endian).
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from comptoir.notifications.gateways.hooks import Delivery, Incoming, Report, Unreadable
from comptoir.notifications.gateways.kannel import MEANINGS

_UCS2 = "2"


class KannelHook:
    """Reads what a smsbox tells that knows ``secret``; empty: none may tell anything."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def trusts(self, delivery: Delivery, *, now: datetime) -> bool:
        """It names the secret. Kannel signs nothing: what is told again is known by its key."""
        given = _values(delivery).get("secret", b"")
        return bool(self._secret) and hmac.compare_digest(given, self._secret)

    def report(self, delivery: Delivery) -> Report:
        """A ``dlr-url``."""
        values = _values(delivery)
        number = _text(values, "status")
        if number not in MEANINGS:
            raise Unreadable
        try:
            message_id = UUID(_text(values, "message"))
        except ValueError:
            raise Unreadable from None
        status, reason = MEANINGS[number]
        return Report(f"{message_id} {number}", message_id, status, reason)

    def incoming(self, delivery: Delivery) -> Incoming:
        """A ``get-url``."""
        values = _values(delivery)
        coding = _text(values, "coding")
        try:
            sent_at = datetime.fromtimestamp(int(_text(values, "at")), UTC)
        except (ValueError, OverflowError, OSError):
            raise Unreadable from None
        sender, message_id = _text(values, "from"), _text(values, "id")
        if not sender or not message_id:
            raise Unreadable
        return Incoming(
            key=message_id,
            sender=sender,
            recipient=_text(values, "to"),
            text=_decoded(values.get("text", b""), coding),
            sent_at=sent_at,
        )

    def kept(self, delivery: Delivery) -> str:
        """The query without the secret."""
        values = {name: value for name, value in _values(delivery).items() if name != "secret"}
        return urlencode(values)


def _values(delivery: Delivery) -> dict[str, bytes]:
    """What the query says; nothing where it says more than Kannel ever would."""
    try:
        pairs = parse_qsl(delivery.query.decode("latin-1"), encoding="latin-1", max_num_fields=20)
    except ValueError:
        return {}
    return {name: value.encode("latin-1") for name, value in pairs}


def _text(values: dict[str, bytes], name: str) -> str:
    # No database keeps a zero sign in a text.
    return values.get(name, b"").decode("utf-8", "replace").replace("\x00", "").strip()


def _decoded(data: bytes, coding: str) -> str:
    """A text in a charset that is not what was said is read as well as can be."""
    if coding == _UCS2:
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
