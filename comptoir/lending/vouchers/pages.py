"""On the page of a voucher: who has it, and what to do if it came back or does not work."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.params import FromPath

from comptoir.core import clock, db
from comptoir.core.accounts.guards import require
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, panels, redirect
from comptoir.core.web.panels import Fill, Panel
from comptoir.inventory.vouchers.permissions import of_coordinated_sites
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.lending.vouchers.reading import live_issue
from comptoir.lending.vouchers.replacing import replace_voucher
from comptoir.lending.vouchers.returning import take_back_voucher
from comptoir.lending.vouchers.rules import HeldIssue, refuse_replacing, refuse_taking_back
from comptoir.lending.vouchers.schemas import ReplaceVoucher

Page = Request[Principal, Any, Any]
RECEPTION = [require(Role.RECEPTION)]
#: The page of one voucher; its subject is the voucher.
SLOT = "inventory.voucher"

_HELD = """
SELECT issue.borrower, issue.loan, issue.issued_at, issue.shown_at,
       site.time_zone, voucher.id, voucher.status
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
JOIN sites_site site ON site.id = issue.site
WHERE issue.voucher = :voucher_id AND issue.ended_at IS NULL
"""


#: Whoever has it now comes first; one voucher is not given out again and again.
_PASSED = """
SELECT issue.override_reason AS reason, issue.issued_at, site.time_zone
FROM lending_voucher_issue issue JOIN sites_site site ON site.id = issue.site
WHERE issue.voucher = :voucher_id AND issue.override_reason <> '' AND {own}
ORDER BY issue.issued_at DESC, issue.id DESC LIMIT 10
"""


class HeldView(msgspec.Struct, frozen=True):
    """By whom a voucher is held, if they were asked who they are, and what can be done."""

    voucher_id: UUID
    borrower_id: UUID | None
    loan_id: UUID | None
    issued_at: datetime
    time_zone: str
    can_return: bool
    can_replace: bool


class Passed(msgspec.Struct, frozen=True):
    """Why more was given than the limit, and when."""

    reason: str
    issued_at: datetime
    time_zone: str


async def holder(about: Fill) -> Panel | None:
    """Who has a voucher; None where nobody has."""
    row = await db.fetch_one(_HELD, voucher_id=about.subject_id)
    if row is None:
        return None
    held = HeldIssue(
        status=VoucherStatus(row["status"]),
        shown=row["shown_at"] is not None,
    )
    view = HeldView(
        voucher_id=row["id"],
        borrower_id=row["borrower"],
        loan_id=row["loan"],
        issued_at=row["issued_at"],
        time_zone=row["time_zone"],
        can_return=refuse_taking_back(held) is None,
        can_replace=refuse_replacing(held, coordinator=True) is None,
    )
    return Panel("lending/_voucher_holder.html", view)


async def limits_passed(about: Fill) -> Panel | None:
    """Why more was given than the limit, also after it came back; to coordinators alone."""
    own, values = of_coordinated_sites(about.principal, "issue.site")
    rows = await db.fetch(_PASSED.format(own=own), voucher_id=about.subject_id, **values)
    passed = [msgspec.convert(row, Passed) for row in rows]
    return Panel("lending/_voucher_passed.html", passed) if passed else None


@post("/vouchers/{voucher_id:uuid}/return", guards=RECEPTION)
async def take_back(request: Page, voucher_id: FromPath[UUID]) -> Response[str]:
    """It came back unopened."""
    await take_back_voucher(request.user, await live_issue(voucher_id), now=clock.now())
    return redirect(request, f"/vouchers/{voucher_id}", flash=Flash("ok", _("It came back.")))


@post("/vouchers/{voucher_id:uuid}/replace", guards=RECEPTION)
async def replace(request: Page, voucher_id: FromPath[UUID]) -> Response[str]:
    """It does not work: the same person is given another one."""
    command = ReplaceVoucher(issue_id=await live_issue(voucher_id), site_id=request.user.site_id)
    other = await replace_voucher(request.user, command, now=clock.now())
    flash = Flash("ok", _("This one was given for the one that does not work."))
    return redirect(request, f"/vouchers/{other.voucher_id}", flash=flash)


def register() -> None:
    """Fill the slot of the page of a voucher."""
    panels.register(SLOT, holder)
    panels.register(SLOT, limits_passed)


ROUTES = [take_back, replace]
