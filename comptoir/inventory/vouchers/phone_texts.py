"""A code as a phone takes it, by its camera, and as people read it. Pure.

The text of a QR code to join a Wi-Fi is that of the barcode library ZXing ("Barcode Contents"),
which Android and iOS read; of a call, RFC 3966; of an eSIM, GSMA SGP.22, section 4.1.
"""

from __future__ import annotations

import re

import msgspec

from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.statuses import Medium, WifiCode
from comptoir.inventory.vouchers.validation import may_be_password

_GROUP = 4
_DIGITS = re.compile("[0-9]+")
_SPECIAL = re.compile(r'([\\;,:"])')


class PhoneUse(msgspec.Struct, frozen=True):
    """What a kind says of its code: ``dial`` has ``{code}`` where it is dialled."""

    dial: str = ""
    network: str = ""
    wifi_code: WifiCode = WifiCode.PORTAL
    portal_url: str = ""


def qr_text(secret: Secret, medium: Medium, use: PhoneUse) -> str | None:
    """What the camera of a phone can use; None where it can use nothing.

    A code of a Wi-Fi joins its network where the kind says that it is the network's password, and
    one can be so long. Otherwise it is typed on a page, which is opened if its address is known.
    """
    match medium:
        case Medium.TOP_UP if use.dial:
            return "tel:" + use.dial.replace("{code}", secret.code).replace("#", "%23")
        case Medium.WIFI if use.wifi_code is WifiCode.PORTAL:
            return use.portal_url or None
        case Medium.WIFI if use.network and not secret.user:
            if may_be_password(secret.code):
                return f"WIFI:T:WPA;S:{_escaped(use.network)};P:{_escaped(secret.code)};;"
        case Medium.ESIM:
            return secret.code
    return None


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def dialled(dial: str, code: str) -> tuple[str, ...]:
    """All that is typed, star and hash too, in the groups of the code; ``dial`` has ``{code}``."""
    before, _, after = dial.partition("{code}")
    *first, last = in_groups(code)
    return tuple(part for part in (before, *first, last + after) if part)


def in_groups(code: str) -> tuple[str, ...]:
    """A code in the groups that it is printed in, or else, of digits alone, in groups of four.

    Any other stays as it is: a gap would look like a space to be typed.
    """
    parts = code.split()
    if len(parts) > 1 or len(code) <= _GROUP + 1 or not _DIGITS.fullmatch(code):
        return tuple(parts)
    return tuple(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))
