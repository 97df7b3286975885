"""Keys for what the program signs, hashes and encrypts, all derived from one secret.

Each purpose has its own key (HKDF, RFC 5869), so that what was made for one
means nothing for another. Whoever changes ``COMPTOIR_SECRET`` makes PINs,
badges and second factors worthless: people then set them up
anew. Links that went out lead nowhere then.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from nacl.exceptions import CryptoError
from nacl.secret import Aead

#: Of the moment in what is encrypted: whole seconds since 1970, most significant byte first.
_MOMENT = 8


def derive(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose: HKDF (RFC 5869) with SHA-256 and no salt."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")  # one block of it


class Keyring:
    """Makes and checks with keys derived from ``secret``."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._keys: dict[str, bytes] = {}

    def mac(self, purpose: str, text: str) -> str:
        """An HMAC-SHA-256 in hex: finds a value again without storing it.

        For what could be guessed from a plain hash, such as a PIN.
        """
        return hmac.new(self._key(purpose), text.encode(), hashlib.sha256).hexdigest()

    def encrypt(self, purpose: str, text: str, *, now: datetime) -> str:
        """Encrypt and sign (XChaCha20-Poly1305); the moment it was made is part of it."""
        made = int(now.timestamp()).to_bytes(_MOMENT, "big")
        sealed = Aead(self._key(purpose)).encrypt(made + text.encode())
        return base64.urlsafe_b64encode(sealed).decode("ascii")

    def decrypt(
        self, purpose: str, sealed: str, *, now: datetime, max_age: timedelta | None = None
    ) -> str | None:
        """The text of ``encrypt``; None if it is not ours, altered, or older than ``max_age``."""
        try:
            opened = Aead(self._key(purpose)).decrypt(base64.urlsafe_b64decode(sealed))
        except (CryptoError, ValueError):  # the latter: no base64
            return None
        made = int.from_bytes(opened[:_MOMENT], "big")
        if max_age is not None and now.timestamp() - made > max_age.total_seconds():
            return None
        return opened[_MOMENT:].decode()

    def _key(self, purpose: str) -> bytes:
        if purpose not in self._keys:
            self._keys[purpose] = derive(self._secret, purpose)
        return self._keys[purpose]
