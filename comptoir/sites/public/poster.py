"""The opening hours of a site on a sheet for its door, in all four languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from comptoir.core.i18n import LANGUAGES, current_language, use_language
from comptoir.core.i18n import gettext as _
from comptoir.core.phones import show_phone
from comptoir.core.printing.pdf import make_pdf
from comptoir.core.printing.qr import qr_symbol
from comptoir.core.settings import is_own_address
from comptoir.core.web.formats import format_day
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.hours import describe_hours
from comptoir.sites.opening_hours import ONE_DAY
from comptoir.sites.public.wording import periods_ahead
from comptoir.sites.schemas import SiteView

_TEMPLATE = Path(__file__).parents[1] / "print" / "poster.typ"
#: How far ahead, in days, and how many exceptions and holidays a sheet tells.
_AHEAD, _MOST = 60, 6


def render(site: SiteView, calendar: SiteCalendar, url: str, today: date) -> bytes:
    """The poster as PDF/UA; ``url`` is the site's page, ``today`` that of printing."""
    data = {
        "title": _("Opening hours of %(site)s", site=site.name),
        "language": current_language(),
        "name": site.name,
        "address": ", ".join(filter(None, (site.street, f"{site.postcode} {site.city}".strip()))),
        "phone": show_phone(site.phone or site.organisation.phone),
        "blocks": [_block(calendar, language, today) for language in LANGUAGES],
        "qr": qr_symbol(url).for_template() if not is_own_address(url) else None,
        "alt": _("QR code of the page of this place"),
        "url": url,
        "footer": _footer(url, today),
    }
    return make_pdf(_TEMPLATE, data)


def _footer(url: str, today: date) -> str:
    printed = _("Printed on %(day)s.", day=format_day(today, "long"))
    if not is_own_address(url):
        return printed
    # Everybody reads it: the sheet hangs on the door.
    return f"{printed} " + _("Without a QR code, as the page of this place is not public yet.")


def _block(calendar: SiteCalendar, language: str, today: date) -> dict[str, Any]:
    """The hours in one language: the usual week, seasons, services, what is different soon."""
    with use_language(language):
        said = describe_hours(calendar.hours) if calendar.hours else None
        weeks = [("", said.week)] if said else []
        weeks += [(each.dates, each.week) for each in said.seasons] if said else []
        return {
            "language": language,
            "heading": _("Opening hours"),
            "unknown": "" if said else _("Ask before you come."),
            "weeks": [
                [name, [[line.days, line.hours or _("closed")] for line in week]]
                for name, week in weeks
            ],
            "services": [[each.name, each.hours] for each in said.services] if said else [],
            "different": _("Changes ahead"),
            "periods": [
                [each.name, f"{each.hours} ({each.reason})" if each.reason else each.hours]
                for each in periods_ahead(calendar, today, today + _AHEAD * ONE_DAY)[:_MOST]
            ],
            "more": _("Today’s hours, closures and more: scan the code"),
        }
