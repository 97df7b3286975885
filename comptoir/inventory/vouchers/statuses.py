"""Where a voucher stands. The names are part of the API and stored in its row."""

from __future__ import annotations

from enum import StrEnum


class Medium(StrEnum):
    """What a voucher is, and so what it is handled by."""

    SIM = "sim"  # a card in a drawer, scanned by its ICCID
    TOP_UP = "top_up"  # a code that is dialled
    WIFI = "wifi"  # a code, or a user name and a password, for a network
    ESIM = "esim"  # an activation text, shown as a QR


class WifiCode(StrEnum):
    """What the code of a Wi-Fi is: no length of it could tell."""

    PORTAL = "portal"  # typed on the page that opens once the phone is in the network
    PASSWORD = "password"  # noqa: S105  # that of the network itself


class VoucherStatus(StrEnum):
    """Exactly one holds at a time; only ``available`` can be chosen for somebody."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    IN_TRANSIT = "in_transit"
    ISSUED = "issued"
    ACTIVATED = "activated"
    EXPIRED = "expired"
    VOID = "void"


class VoidReason(StrEnum):
    """Why a voucher will be given to nobody."""

    FAULTY = "faulty"
    LOST = "lost"
    MISTAKE = "mistake"
    RECALLED = "recalled"
