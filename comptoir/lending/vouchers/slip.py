"""A voucher on paper: its code in large groups, what a camera takes, what to do with it.

It says where it is from and when the door is open next, and nothing of the person: whoever
finds the slip must not learn whose it is.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.errors import NotFound
from comptoir.core.i18n import current_language, localized, use_language
from comptoir.core.i18n import gettext as _
from comptoir.core.phones import show_phone
from comptoir.core.printing.pdf import make_pdf
from comptoir.core.web.formats import format_clock, format_day
from comptoir.inventory.vouchers.secret_words import Line
from comptoir.lending.vouchers.showing import ShownIssue
from comptoir.sites import calendars

_TEMPLATE = Path(__file__).parent.parent / "print" / "voucher.typ"
_PLACE = f"""
SELECT site.name, site.street, site.postcode, site.city, site.phone, {calendars.COLUMNS}
FROM sites_site site WHERE site.id = :site_id
"""


class SlipPaper(StrEnum):
    """What it is printed on. The names are part of the API."""

    RECEIPT = "receipt"  # 80 mm wide, as long as it takes
    A6 = "a6"


async def place_of(site_id: UUID) -> db.Row:
    """Where a voucher was given: its address, and its calendar."""
    row = await db.fetch_one(_PLACE, site_id=site_id)
    if row is None:
        raise NotFound
    return row


def render_slip(shown: ShownIssue, paper: SlipPaper, place: db.Row, *, now: datetime) -> bytes:
    """The slip as PDF/UA, in the language of whoever was given the voucher."""
    with use_language(shown.language):
        return make_pdf(_TEMPLATE, _words(shown, paper, place, now))


def _words(shown: ShownIssue, paper: SlipPaper, place: db.Row, now: datetime) -> dict[str, Any]:
    name = localized(shown.names)
    symbol = shown.symbol
    until = shown.activate_by
    return {
        "title": name,
        "language": current_language(),
        "paper": paper.value,
        "heading": name,
        "network": {"label": _("Wi-Fi network"), "name": shown.network} if shown.network else None,
        "secrets": shown.lines or _on_the_card(shown),
        "qr": symbol.for_template()
        | {"alt": _("QR code"), "words": _("For the camera of the phone")}
        if symbol
        else None,
        "instructions": [line for line in shown.instructions.splitlines() if line.strip()],
        "until": _("To be activated by %(day)s.", day=format_day(until, "long")) if until else "",
        "place": _place(place, now),
    }


def _on_the_card(shown: ShownIssue) -> list[Line]:
    """A card that nobody has opened is told by the end of its number."""
    return [(_("Number of the card ends with"), (shown.hint,))] if shown.hint else []


def _place(place: db.Row, now: datetime) -> dict[str, Any]:
    city = f"{place['postcode']} {place['city']}".strip()
    phone = show_phone(place["phone"]) if place["phone"] else ""
    opens = calendars.calendar_of(place).next_opening(now)
    words = ""
    if opens is not None:
        local = localtime(opens, place["time_zone"])
        words = _(
            "Open next: %(day)s, %(time)s", day=format_day(local.date()), time=format_clock(local)
        )
    return {
        "name": place["name"],
        "lines": [line for line in (place["street"], city, phone) if line],
        "opens": words,
    }
