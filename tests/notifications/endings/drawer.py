"""Vouchers that people were given, for tests of what is written before these expire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from comptoir.core.principal import Principal
from comptoir.inventory.vouchers.actions import activate_voucher
from comptoir.inventory.vouchers.tables import VoucherBatch, VoucherKind
from comptoir.lending.tables import Borrower
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.schemas import IssueView, IssueVoucher
from comptoir.notifications.reminders.tables import VoucherMessage
from tests import factories as make
from tests.notifications.reminders.world import World, at

#: A Friday; it ends at midnight in Zurich, at 22:00 in UTC.
LAST_DAY = date(2026, 10, 9)
#: Three days before, at ten in Zurich.
SOON = at("10-06 08:00")
GIVEN = at("09-09 08:00")


class Drawer(World):
    """A site that gives vouchers of 30 days."""

    kind: VoucherKind
    batch: VoucherBatch
    actor: Principal

    async def stock(self, **kind: Any) -> Self:
        """The kind, whose names are ``SIM 10 GB`` in each language."""
        self.kind = await make.voucher_kind(**kind)
        self.batch = await make.voucher_batch(self.kind, site_id=self.site.id)
        await make.voucher_policy(self.kind)
        self.actor = await make.principal(site_id=self.site.id)
        return self

    async def give(
        self,
        person: Borrower | None,
        *,
        batch: VoucherBatch | None = None,
        now: datetime = GIVEN,
        begun: datetime | None = GIVEN,
    ) -> IssueView:
        """Give one, and let it be begun; begun on 9 September, 9 October is its last day."""
        await make.voucher(batch or self.batch)
        kind_id: UUID = (batch or self.batch).kind
        command = IssueVoucher(kind_id=kind_id, borrower_id=person.id if person else None)
        issue = await issue_voucher(self.actor, command, now=now)
        if begun is not None:
            await activate_voucher(self.actor, issue.voucher_id, now=begun)
        return issue


async def told() -> list[tuple[UUID, str, bool]]:
    """Of which issues and ends people were told, and whether by a message."""
    rows = await VoucherMessage.objects().order_by(VoucherMessage.id)
    return [(row.issue, row.level, row.message is not None) for row in rows]
