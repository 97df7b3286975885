"""A counter where one laptop is lent: its site, its receptionist, a borrower with a card."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from comptoir.core.idempotency import Attempt
from comptoir.core.principal import Principal, Role
from comptoir.core.tables import AuditEvent
from comptoir.inventory.tables import Item
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.schemas import CheckOut, LoanView
from tests import factories as make


class Desk:
    """A site with one laptop, one borrower with a card, and a receptionist."""

    actor: Principal

    async def set_up(self) -> Desk:
        self.site = await make.site()
        self.actor = await make.principal(Role.RECEPTION, self.site.id)
        self.category = await make.category()
        self.model = await make.model(category=self.category.id)
        self.item = await self.add_item()
        self.policy = await make.policy(category_id=self.category.id)
        self.borrower = await make.borrower(site_id=self.site.id)
        self.card = await make.card(self.borrower.id)
        return self

    async def add_item(self, **values: Any) -> Item:
        return await make.item(site_id=self.site.id, model=self.model.id, **values)

    async def lend(self, now: datetime, item: Item | None = None, **values: Any) -> LoanView:
        code = (item or self.item).code
        command = CheckOut(item=code, card=values.pop("card", self.card.code), **values)
        return await check_out(self.actor, command, now=now)


async def status_of(item: Item) -> str:
    row = await Item.select(Item.status).where(Item.id == item.id).first()
    assert row is not None
    return str(row["status"])


async def actions() -> list[str]:
    rows = await AuditEvent.select(AuditEvent.action).order_by(AuditEvent.id)
    return [row["action"] for row in rows]


def attempt(key: str = "a-1", fingerprint: str = "f" * 64) -> Attempt:
    return Attempt(key=key, fingerprint=fingerprint)
