"""Keys for what the program signs, hashes and encrypts, all derived from one secret.

Each purpose has its own key (HKDF, RFC 5869), so that what was made for one
means nothing for another. Whoever changes ``COMPTOIR_SECRET`` makes PINs,
badges and second factors worthless: people then set them up anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken


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
        """Encrypt and sign (Fernet); the moment it was made is part of it."""
        sealed = self._fernet(purpose).encrypt_at_time(text.encode(), int(now.timestamp()))
        return sealed.decode("ascii")

    def decrypt(
        self, purpose: str, sealed: str, *, now: datetime, max_age: timedelta | None = None
    ) -> str | None:
        """The text of ``encrypt``; None if it is not ours, altered, or older than ``max_age``."""
        fernet = self._fernet(purpose)
        try:
            if max_age is None:
                return fernet.decrypt(sealed.encode()).decode()
            seconds = int(max_age.total_seconds())
            return fernet.decrypt_at_time(sealed.encode(), seconds, int(now.timestamp())).decode()
        except (InvalidToken, UnicodeError):
            return None

    def _fernet(self, purpose: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._key(purpose)))

    def _key(self, purpose: str) -> bytes:
        if purpose not in self._keys:
            # HKDF with SHA-256 and no salt; 32 bytes are one block of it.
            extracted = hmac.digest(bytes(32), self._secret, "sha256")
            self._keys[purpose] = hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")
        return self._keys[purpose]
