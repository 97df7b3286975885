"""The secret at the end of a link, and what stands for it until the message is handed over. Pure.

Twelve of 56 letters and digits that nobody takes for one another: 69 bits. Whoever asks for a
million addresses a second finds one of a hundred thousand links in three hundred years. All of
them are in the GSM alphabet, and no telephone takes one for the end of an address.
"""

from __future__ import annotations

import hashlib
import secrets

_LETTERS = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 12
PATH = "/m/"
#: In the outbox, where coordinators read it, no secret stands: this does, and is as long.
STAND_IN = PATH + "*" * LENGTH


def new_token() -> str:
    """A secret that was never before."""
    return "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))


def token_hash(token: str) -> str:
    """What is kept of a secret (SHA-256, in hexadecimal). It is found by this alone."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def fill(text: str, token: str) -> str:
    """The text with the secret where something stands for it."""
    return text.replace(STAND_IN, PATH + token)
