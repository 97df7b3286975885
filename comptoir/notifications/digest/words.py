"""What waits at a site, as lines with where to see to each, and as the text of an e-mail."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized, ngettext
from comptoir.notifications.digest.counting import SiteWeek

PATH = "/this-week"


class Line(msgspec.Struct, frozen=True):
    """Something that waits, and the page where one sees to it."""

    text: str
    url: str


def lines_of(week: SiteWeek) -> list[Line]:
    """What waits, the most urgent first; nothing is said of what does not."""
    *others, hours = _counted(week)
    used_up = [
        Line(
            _("None is free: %(kind)s", kind=localized(each.names)),
            f"/items?site={week.site_id}&category={each.category_id}",
        )
        for each in week.used_up
    ]
    return [*_waiting(others), *used_up, *_waiting([*_vouchers(week), hours])]


def often_shown(number: int) -> str:
    """That many codes of vouchers were shown."""
    return ngettext(
        "%(num)s code of a voucher was shown again or exported within a day: "
        "ask whether that was right",
        "%(num)s codes of vouchers were shown again or exported within a day: "
        "ask whether that was right",
        number,
    )


def often_given(number: int) -> str:
    """That many vouchers were given."""
    return ngettext(
        "%(num)s voucher was given within a day: ask whether that was right",
        "%(num)s vouchers were given within a day: ask whether that was right",
        number,
    )


def alert_text(site: str, *, shown: int = 0, given: int = 0, base_url: str) -> str:
    """The e-mail about it, in the reader's language; what is 0 is not spoken of."""
    about = ([often_shown(shown)] if shown else []) + ([often_given(given)] if given else [])
    blocks = [
        _("Hello, somebody should look at this."),
        "\n- ".join([site, *about]),
        _closing(base_url),
    ]
    return "\n\n".join(blocks)


def _closing(base_url: str) -> str:
    return _("To see to it, or to get no more of these e-mails:") + f"\n{base_url}{PATH}"


def _waiting(counted: Sequence[tuple[int, str, str]]) -> list[Line]:
    return [Line(text, url) for number, text, url in counted if number]


def _counted(week: SiteWeek) -> list[tuple[int, str, str]]:
    site = week.site_id
    return [
        (week.codes_shown, often_shown(week.codes_shown), f"/vouchers?site={site}"),
        (
            week.late,
            ngettext("%(num)s loan is late", "%(num)s loans are late", week.late),
            f"/loans?state=overdue&site={site}",
        ),
        (
            week.calls,
            ngettext("%(num)s person to call", "%(num)s people to call", week.calls),
            f"/calls?site={site}",
        ),
        (
            week.letters,
            ngettext("%(num)s letter to print", "%(num)s letters to print", week.letters),
            f"/letters?site={site}",
        ),
        (
            week.replies,
            ngettext("%(num)s reply to read", "%(num)s replies to read", week.replies),
            f"/replies?site={site}",
        ),
        (
            week.failed,
            ngettext(
                "%(num)s message to look at: it may not have arrived",
                "%(num)s messages to look at: they may not have arrived",
                week.failed,
            ),
            f"/messages?site={site}",
        ),
        (
            week.hours_to_confirm,
            _("The opening hours are to be confirmed"),
            f"/settings/sites/{site}/hours",
        ),
    ]


def _vouchers(week: SiteWeek) -> list[tuple[int, str, str]]:
    low = ngettext(
        "%(num)s kind of vouchers is running low",
        "%(num)s kinds of vouchers are running low",
        week.vouchers_low,
    )
    expiring = ngettext(
        "%(num)s voucher is to be activated within 30 days",
        "%(num)s vouchers are to be activated within 30 days",
        week.vouchers_expiring,
    )
    parcels = ngettext(
        "%(num)s parcel of vouchers is to be confirmed",
        "%(num)s parcels of vouchers are to be confirmed",
        week.parcels,
    )
    counted = (
        (week.vouchers_low, low),
        (week.vouchers_expiring, expiring),
        (week.parcels, parcels),
    )
    return [(number, text, f"/vouchers?site={week.site_id}") for number, text in counted]


def mail_text(weeks: Sequence[SiteWeek], *, base_url: str) -> str:
    """The summary as an e-mail, in the reader's language: it says what the page says."""
    blocks = [_("Hello, this is what waits this week.")]
    for week in weeks:
        found = [f"- {line.text}" for line in lines_of(week)] or [f"- {_('Nothing waits.')}"]
        blocks.append("\n".join([week.name, *found]))
    blocks.append(_closing(base_url))
    return "\n\n".join(blocks)
