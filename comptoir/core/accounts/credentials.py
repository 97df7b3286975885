"""Secrets the program makes: long ones for machines, short ones for people.

A long random one is stored as its SHA-256, for nobody can guess what was
hashed. A short one (PIN, badge, recovery code) is stored as an HMAC with a key
that is not in the database.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from comptoir.core.keys import Keyring

#: The letters of tag codes: they sit on the same keys of every layout, so that
#: a USB scanner set to another language still types a badge right.
ALPHABET = "BCDFGHJKLNPRSTVX"

#: 20 letters are 80 bits, and longer than any code on an item or a card.
BADGE_LENGTH = 20
PIN_LENGTH = 6

_READABLE = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without I, L, O, 0, 1
_GAPS = re.compile(r"[\s\u2010-\u2015-]+")


def new_token() -> str:
    """256 random bits for a cookie, a link or an access token."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a ``new_token``."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_pin() -> str:
    """Six random digits; that nobody else has them is for the database to say."""
    return "".join(secrets.choice("0123456789") for _ in range(PIN_LENGTH))


def new_badge() -> str:
    """The letters of a new badge."""
    return "".join(secrets.choice(ALPHABET) for _ in range(BADGE_LENGTH))


def new_recovery_code() -> str:
    """Ten signs that are hard to misread, in two groups."""
    signs = "".join(secrets.choice(_READABLE) for _ in range(10))
    return f"{signs[:5]}-{signs[5:]}"


def pin_of(text: str) -> str | None:
    """The PIN somebody typed, or None."""
    plain = _plain(text)
    return plain if len(plain) == PIN_LENGTH and plain.isdecimal() and plain.isascii() else None


def badge_of(text: str) -> str | None:
    """The badge somebody scanned, or None.

    The desk asks this first of every scan: an item's or a card's code is never
    that long, and an address never made of these letters alone.
    """
    plain = _plain(text)
    fits = len(plain) == BADGE_LENGTH and all(letter in ALPHABET for letter in plain)
    return plain if fits else None


def pin_hash(keys: Keyring, pin: str) -> str:
    """What is stored of a PIN."""
    return keys.mac("pin", pin)


def badge_hash(keys: Keyring, badge: str) -> str:
    """What is stored of a badge."""
    return keys.mac("badge", badge)


def recovery_code_hash(keys: Keyring, code: str) -> str:
    """What is stored of a recovery code, however its groups were typed."""
    return keys.mac("recovery-code", _plain(code))


def _plain(text: str) -> str:
    return _GAPS.sub("", text[:200]).upper()
