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
from comptoir.core.web.formats import format_day
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.hours import describe_hours
from comptoir.sites.schemas import SiteView

_TEMPLATE = Path(__file__).parents[1] / "print" / "poster.typ"


def render(site: SiteView, url: str, today: date) -> bytes:
    """The poster as PDF/UA; ``url`` is the site's page, ``today`` that of printing."""
    data = {
        "title": _("Opening hours of %(site)s", site=site.name),
        "language": current_language(),
        "name": site.name,
        "address": ", ".join(filter(None, (site.street, f"{site.postcode} {site.city}".strip()))),
        "phone": show_phone(site.phone or site.organisation.phone),
        "blocks": [_block(site, language) for language in LANGUAGES],
        "qr": qr_symbol(url).for_template(),
        "alt": _("QR code of the page of this place"),
        "url": url,
        "footer": _("Printed on %(day)s.", day=format_day(today, "long")),
    }
    return make_pdf(_TEMPLATE, data)


def _block(site: SiteView, language: str) -> dict[str, Any]:
    """The hours in one language: the usual week, seasons, services."""
    with use_language(language):
        said = describe_hours(Hours.of(site.opening_hours)) if site.opening_hours else None
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
            "more": _("Today’s hours, closures and more: scan the code"),
        }
