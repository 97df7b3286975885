"""What is read of a voucher, on the screen and on paper: each secret with its name."""

from __future__ import annotations

from comptoir.core.i18n import gettext as _
from comptoir.core.phones import show_phone
from comptoir.core.vault import Clear
from comptoir.inventory.vouchers.phone_texts import dialled, in_groups
from comptoir.inventory.vouchers.revealing import Shown
from comptoir.inventory.vouchers.statuses import Medium

#: What is read out and typed: its name, and its text in groups.
Line = tuple[str, tuple[str, ...]]


def secret_lines(secret: Shown, medium: Medium, dial: str) -> list[Line]:
    """What a person needs of a secret, in the reader's language; never to be kept.

    What is dialled comes first, whole. The number of a card is on the card, and the text of an
    eSIM is for the camera: it comes last. The code of a Wi-Fi is whole: in a password, a gap
    would be a space to be typed.
    """
    number = show_phone(secret.number.text) if secret.number else ""
    wifi = medium is Medium.WIFI
    typed = secret.code if medium in (Medium.WIFI, Medium.TOP_UP) else None
    calls = secret.code if medium is Medium.TOP_UP and dial else None
    lines = [
        (_("To type on the phone"), dialled(dial, calls.text) if calls else ()),
        (_("User name"), _whole(secret.user)),
        (_("Password") if secret.user else _("Code"), _whole(typed) if wifi else _grouped(typed)),
        (_("PIN"), _grouped(secret.pin)),
        (_("PUK"), _grouped(secret.puk)),
        (_("Phone number"), (number,) if number else ()),
        (_("Number of the card (ICCID)"), _grouped(secret.code) if medium is Medium.SIM else ()),
        (_("Activation text"), _whole(secret.code) if medium is Medium.ESIM else ()),
    ]
    return [(label, parts) for label, parts in lines if parts]


def _grouped(clear: Clear | None) -> tuple[str, ...]:
    """Digits that are typed on a phone are read in groups."""
    return in_groups(clear.text) if clear else ()


def _whole(clear: Clear | None) -> tuple[str, ...]:
    return (clear.text,) if clear else ()
