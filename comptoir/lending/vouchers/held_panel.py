"""On the page of a person: which vouchers they were given."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.core.web import panels
from comptoir.core.web.panels import Fill, Panel
from comptoir.inventory.names import read_name
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.wording import STATUSES
from comptoir.lending.vouchers.aside_pages import PERSON
from comptoir.sites.queries import of_own_sites

#: The latest; those before are in the history of the person.
LATEST = 20
_READ = """
SELECT issue.voucher, issue.issued_at, issue.ended_at, kind.names, voucher.hint, voucher.status,
       voucher.site, site.time_zone
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
JOIN sites_site site ON site.id = issue.site
WHERE issue.borrower = :borrower_id AND {own}
ORDER BY issue.issued_at DESC, issue.id DESC
LIMIT :limit
"""


class WasGiven(msgspec.Struct, frozen=True):
    """A voucher of a person's. ``leads_on``: the reader may open its page.

    ``word`` is how it stands; empty where it is not theirs any more.
    """

    voucher_id: UUID
    name: str
    hint: str
    word: str
    issued_at: datetime
    time_zone: str
    leads_on: bool


async def given_to(actor: Principal, borrower_id: UUID) -> list[WasGiven]:
    """The last vouchers that somebody was given at sites of the actor's, newest first."""
    own, values = of_own_sites(actor, "issue.site")
    rows = await db.fetch(_READ.format(own=own), borrower_id=borrower_id, limit=LATEST, **values)
    return [
        WasGiven(
            voucher_id=row["voucher"],
            name=read_name(row["names"]),
            hint=row["hint"],
            word="" if row["ended_at"] else str(STATUSES[VoucherStatus(row["status"])]),
            issued_at=row["issued_at"],
            time_zone=row["time_zone"],
            leads_on=actor.sees_site(row["site"]),
        )
        for row in rows
    ]


async def on_person_page(about: Fill) -> Panel | None:
    """The vouchers that a person was given; None where there are none."""
    found = await given_to(about.principal, about.subject_id)
    return Panel("lending/_person_given.html", found) if found else None


def register() -> None:
    """Fill the slot of the page of a person."""
    panels.register(PERSON, on_person_page)
