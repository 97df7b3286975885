"""How vouchers are spoken of on pages."""

from __future__ import annotations

from babel.support import LazyProxy

from comptoir.core.i18n import lazy as _l
from comptoir.inventory.vouchers.statuses import Medium, VoidReason, VoucherStatus, WifiCode

MEDIUMS: dict[Medium, LazyProxy] = {
    Medium.SIM: _l("SIM card"),
    Medium.TOP_UP: _l("Top-up code"),
    Medium.WIFI: _l("Wi-Fi code"),
    Medium.ESIM: _l("eSIM"),
}

WIFI_CODES: dict[WifiCode, LazyProxy] = {
    WifiCode.PORTAL: _l("typed on a page that opens"),
    WifiCode.PASSWORD: _l("the password of the network"),
}

STATUSES: dict[VoucherStatus, LazyProxy] = {
    VoucherStatus.AVAILABLE: _l("in the drawer"),
    VoucherStatus.RESERVED: _l("set aside"),
    VoucherStatus.IN_TRANSIT: _l("on its way"),
    VoucherStatus.ISSUED: _l("given"),
    VoucherStatus.ACTIVATED: _l("in use"),
    VoucherStatus.EXPIRED: _l("expired"),
    VoucherStatus.VOID: _l("void"),
}

#: How each status is coloured, and its icon: see ``chip`` in ``core/_icons.html``.
CHIPS: dict[VoucherStatus, tuple[str, str]] = {
    VoucherStatus.AVAILABLE: ("ok", "check"),
    VoucherStatus.RESERVED: ("warn", "clock"),
    VoucherStatus.IN_TRANSIT: ("quiet", "next"),
    VoucherStatus.ISSUED: ("back", "person"),
    VoucherStatus.ACTIVATED: ("back", "globe"),
    VoucherStatus.EXPIRED: ("quiet", "info"),
    VoucherStatus.VOID: ("stop", "stop"),
}

VOID_REASONS: dict[VoidReason, LazyProxy] = {
    VoidReason.FAULTY: _l("it does not work"),
    VoidReason.LOST: _l("it is lost"),
    VoidReason.MISTAKE: _l("it was taken in by mistake"),
    VoidReason.RECALLED: _l("the operator took it back"),
}
