"""One message that survives one redirect: "Saved."

It travels in a short-lived cookie, so it must not name a person.
"""

from __future__ import annotations

import base64
import binascii
from typing import Literal

import msgspec

from comptoir.core.web.context import local_path

COOKIE = "flash"
_LONGEST = 500

Kind = Literal["ok", "warn", "error", "info"]


class Flash(msgspec.Struct, frozen=True):
    """A message at the top of the next page; ``undo`` is where a button for that posts to."""

    kind: Kind
    text: str
    undo: str = ""


def encode(flash: Flash) -> str:
    """The message as a cookie's value."""
    return base64.urlsafe_b64encode(msgspec.json.encode(flash)).decode("ascii")


def decode(value: str | None) -> Flash | None:
    """The message of a cookie's value; None if there is none or it was tampered with."""
    if not value or len(value) > 2 * _LONGEST:
        return None
    try:
        flash = msgspec.json.decode(base64.urlsafe_b64decode(value), type=Flash)
        return msgspec.structs.replace(flash, undo=local_path(flash.undo, default=""))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None
