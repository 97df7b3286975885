"""A site, a policy, people and loans, for tests of what is written to them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from comptoir.lending.tables import Borrower, Loan
from comptoir.notifications.reminders.tables import LoanMessage
from comptoir.notifications.tables import Message
from comptoir.sites.tables import Site
from tests import factories as make

#: A Friday; due at 17:00 in Zurich, which is winter time from 25 October on.
DUE = datetime(2026, 10, 9, 15, 0, tzinfo=UTC)

_phones = itertools.count(1)


def at(text: str) -> datetime:
    """A moment in UTC, such as ``10-06 08:00``, of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


class World:
    """Makes rows that belong together."""

    def __init__(self, site: Site, model: UUID, category: UUID, policy: UUID) -> None:
        self.site, self.model, self.category, self.policy = site, model, category, policy

    @classmethod
    async def made(cls, **site: Any) -> Self:
        category = await make.category()
        model = await make.model(category=category.id)
        policy = await make.policy(category_id=category.id)
        return cls(await make.site(phone="+41265550110", **site), model.id, category.id, policy.id)

    async def person(self, **values: Any) -> Borrower:
        """Somebody with a mobile phone."""
        given = {
            "contact_kind": "phone",
            "phone": f"+4179{next(_phones):07}",
            "language": "fr",
            **values,
        }
        return await make.borrower(site_id=self.site.id, **given)

    async def loan(self, person: Borrower, *, due_at: datetime = DUE, **values: Any) -> Loan:
        """Something lent on 22 September."""
        item = await make.item(site_id=self.site.id, model=self.model)
        given = {
            "category": self.category,
            "policy": self.policy,
            "checked_out_at": at("09-22 09:00"),
            "due_at": due_at,
            **values,
        }
        return await make.loan(item=item, borrower_id=person.id, now=at("09-22 09:00"), **given)


async def written(**values: Any) -> list[Message]:
    """All messages, in the order in which they were written."""
    rows = await Message.objects().order_by(Message.created_at, Message.id)
    return [row for row in rows if all(getattr(row, key) == it for key, it in values.items())]


async def kinds() -> list[str]:
    """Their kinds."""
    return [row.kind for row in await written()]


async def levels(loan: Loan) -> list[str]:
    """The levels that a loan has reached, in that order."""
    rows = await LoanMessage.objects().where(LoanMessage.loan == loan.id).order_by(LoanMessage.at)
    return [row.level for row in rows]
