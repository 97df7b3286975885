"""A site with SIM cards in its drawer, somebody who may be given them, and a receptionist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from comptoir.core.principal import Principal, Role
from comptoir.inventory.vouchers.tables import Voucher, VoucherKind
from comptoir.lending.tables import Visit
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.schemas import IssueView, IssueVoucher
from comptoir.lending.vouchers.tables import VoucherIssue, VoucherPolicy
from tests import factories as make


class Drawer:
    """One kind of voucher at one site, which everybody may have without a limit."""

    actor: Principal

    async def set_up(self, **kind: Any) -> Drawer:
        self.site = await make.site()
        self.actor = await make.principal(Role.RECEPTION, self.site.id)
        self.kind = await make.voucher_kind(**kind)
        self.batch = await make.voucher_batch(self.kind, site_id=self.site.id)
        self.policy = await make.voucher_policy(self.kind)
        self.group = await make.group()
        self.borrower = await self.add_person()
        return self

    async def add(self, **values: Any) -> Voucher:
        """One more in the drawer."""
        return await make.voucher(values.pop("batch", self.batch), **values)

    async def add_person(self, **values: Any) -> Any:
        return await make.borrower(
            site_id=self.site.id, **{"borrower_group": self.group.id, **values}
        )

    async def limit(self, **values: Any) -> None:
        await VoucherPolicy.update({getattr(VoucherPolicy, k): v for k, v in values.items()}).where(
            VoucherPolicy.id == self.policy.id
        )

    async def give(self, now: datetime, **values: Any) -> IssueView:
        """To the borrower, unless something else is said."""
        if "voucher_id" not in values:
            values.setdefault("kind_id", self.kind.id)
        command = IssueVoucher(**{"borrower_id": self.borrower.id, **values})
        return await issue_voucher(self.actor, command, now=now)

    async def visit(self, now: datetime, **values: Any) -> UUID:
        row = Visit(
            **{"site": self.site.id, "borrower": self.borrower.id, "opened_at": now, **values}
        )
        await row.save()
        return row.id


async def other_kind(drawer: Drawer, **values: Any) -> VoucherKind:
    """Another kind with one in the drawer."""
    kind = await make.voucher_kind(**{"names": make.names("Wi-Fi"), "medium": "wifi", **values})
    await make.voucher(await make.voucher_batch(kind, site_id=drawer.site.id))
    return kind


async def status_of(voucher_id: UUID) -> str:
    row = await Voucher.select(Voucher.status).where(Voucher.id == voucher_id).first()
    assert row is not None
    return str(row["status"])


async def given() -> list[UUID]:
    """The vouchers that somebody has, in the order they were given."""
    rows = await (
        VoucherIssue.select(VoucherIssue.voucher)
        .where(VoucherIssue.ended_at.is_null())
        .order_by(VoucherIssue.issued_at, VoucherIssue.id)
    )
    return [row["voucher"] for row in rows]


def day(text: str) -> date:
    return date.fromisoformat(text)
