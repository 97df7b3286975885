"""What stands in the link: which message it was in, and that we wrote it. Pure.

No row is kept for it, and it says nothing of anybody: the number of a message, and 96 bits that
only this program can make.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from comptoir.core.keys import Keyring

PATH = "/u/"
_PURPOSE = "unsubscribe"
_PROOF = 12


def token_of(keys: Keyring, message_id: UUID) -> str:
    """The secret at the end of the link: 38 letters."""
    proof = bytes.fromhex(keys.mac(_PURPOSE, str(message_id)))[:_PROOF]
    return urlsafe_b64encode(message_id.bytes + proof).decode().rstrip("=")


def message_of(keys: Keyring, token: str) -> UUID | None:
    """The message that the link was in; None if it is not of our making."""
    try:
        message_id = UUID(bytes=urlsafe_b64decode(token.encode("ascii") + b"==")[:-_PROOF])
    except ValueError:
        return None
    return message_id if hmac.compare_digest(token, token_of(keys, message_id)) else None
