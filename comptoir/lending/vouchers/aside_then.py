"""Vouchers set aside until a day that would be shut: their line in the preview of a closure."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.i18n import ngettext
from comptoir.core.idempotency import fingerprint
from comptoir.core.web.panels import Panel
from comptoir.inventory.names import read_name
from comptoir.inventory.vouchers.validity import aside_until
from comptoir.sites import queries as sites
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Consequence, Plan
from comptoir.sites.exceptions.shut_days import shut_days

KIND = "vouchers-set-aside"
#: How many the page names; the text counts all of them.
NAMED = 20

_ASIDE = """
SELECT voucher.id, voucher.reserved_until, borrower.id AS borrower_id, borrower.name, kind.names
FROM inventory_voucher voucher
JOIN lending_voucher_reservation reserved ON reserved.voucher = voucher.id
JOIN lending_borrower borrower ON borrower.id = reserved.borrower
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE voucher.site = :site AND voucher.status = 'reserved' AND voucher.reserved_until > :now
ORDER BY voucher.reserved_until, borrower.sort_name, voucher.id
"""


class SetAside(msgspec.Struct, frozen=True):
    """What lies aside for somebody until a day, at its site, on which the door would be shut."""

    voucher_id: UUID
    borrower_id: UUID
    borrower: str
    kind: str
    until: date


class AsidePreview(msgspec.Struct, frozen=True):
    """The first of them, and how many more there are."""

    sentence: str
    named: tuple[SetAside, ...]
    more: int


async def set_aside_then(plan: Plan) -> Consequence | None:
    """Which vouchers are set aside until a day that would be shut: their people come in vain.

    The day stays. Whoever announces the closure may call them, or set it aside anew.
    """
    found = [each for site in plan.sites for each in await _at(plan, site)]
    if not found:
        return None
    text = ngettext(
        "%(num)s voucher is set aside until then. Its day stays: call the person, or set it "
        "aside until another day.",
        "%(num)s vouchers are set aside until then. Their day stays: call the people, or set "
        "them aside until another day.",
        len(found),
    )
    return Consequence(
        kind=KIND,
        count=len(found),
        text=text,
        state=fingerprint(*sorted(f"{each.voucher_id} {each.until}" for each in found)),
        panel=Panel(
            "lending/_aside_preview.html",
            AsidePreview(text, tuple(found[:NAMED]), len(found[NAMED:])),
        ),
        data=found,
        happens=False,
    )


async def _at(plan: Plan, site: UUID) -> list[SetAside]:
    calendar = await sites.site_calendar(site)
    days = set(shut_days(plan, calendar))
    if not days:
        return []
    rows = await db.fetch(_ASIDE, site=site, now=plan.now)
    found = [
        SetAside(
            row["id"],
            row["borrower_id"],
            row["name"],
            read_name(row["names"]),
            aside_until(row["reserved_until"], calendar.zone.key),
        )
        for row in rows
    ]
    return [each for each in found if each.until in days]


def register() -> None:
    """Take part in the previews of sites."""
    consequences.register(set_aside_then)
