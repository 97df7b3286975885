"""The secret at the end of a link, and what stands for it until the message is handed over.

Twelve of 56 letters and digits that nobody takes for one another: eight are drawn, four sign them
with a key of this program. That is 69 bits to guess: whoever asks for a million addresses a second
finds one of a hundred thousand links in three hundred years. All of them are in the GSM alphabet,
and no telephone takes one for the end of an address.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from comptoir.core.keys import derive

_LETTERS = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_DRAWN, _SIGNING = 8, 4
LENGTH = _DRAWN + _SIGNING
PATH = "/m/"
#: In the outbox, where coordinators read it, no secret stands: this does, and is as long.
STAND_IN = PATH + "*" * LENGTH

_key = b""


def use_secret(secret: str) -> None:
    """Sign in this process with a key from the secret that all processes of the program have."""
    global _key
    _key = derive(secret.encode(), "borrower-link")


def new_token() -> str:
    """A secret that was never before, signed."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_DRAWN))
    return drawn + _signature(drawn)


def is_signed(token: str) -> bool:
    """True if this program made it: whoever writes into the database makes no link that works."""
    signature = _signature(token[:_DRAWN])
    return hmac.compare_digest(token[_DRAWN:].encode(errors="replace"), signature.encode())


def token_hash(token: str) -> str:
    """What is kept of a secret (SHA-256, in hexadecimal). It is found by this alone."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def fill(text: str, token: str) -> str:
    """The text with the secret where something stands for it."""
    return text.replace(STAND_IN, PATH + token)


def _signature(drawn: str) -> str:
    digest = hmac.digest(_key, drawn.encode(errors="replace"), "sha256")
    number = int.from_bytes(digest, "big")
    return "".join(_LETTERS[number // 56**place % 56] for place in range(_SIGNING))
