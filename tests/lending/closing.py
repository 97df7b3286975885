"""A desk that closes on Thursday, and loans that are due there then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from comptoir.core.principal import Principal
from comptoir.lending.closures.preview import KIND, DueDatesPreview
from comptoir.lending.tables import Loan
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.previews import preview_exception
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception, withdraw_exception
from tests import factories as make
from tests.lending.counter import Desk

THURSDAY = date(2026, 11, 26)  # the day after tomorrow of ``now``


def at(day: date, hour: int = 17) -> datetime:
    """That hour in Fribourg, in winter."""
    return datetime(day.year, day.month, day.day, hour - 1, tzinfo=UTC)


DUE, FRIDAY = at(THURSDAY), at(date(2026, 11, 27))


def closing(*site_ids: UUID, **values: Any) -> AnnounceException:
    command: dict[str, Any] = {
        "sites": site_ids,
        "first_day": THURSDAY,
        "last_day": THURSDAY,
        "kind": ExceptionKind.CLOSED,
        **values,
    }
    return AnnounceException(**command)


class Closing:
    """A desk, its coordinator, and loans that are due on Thursday at 17:00."""

    def __init__(self, desk: Desk, actor: Principal, now: datetime) -> None:
        self.desk, self.actor, self.now = desk, actor, now
        self.site = desk.site.id

    async def loan(self, due: datetime = DUE, **values: Any) -> UUID:
        item = await self.desk.add_item()
        defaults = {"borrower_id": self.desk.borrower.id, "policy": self.desk.policy.id}
        made = await make.loan(
            item=item, now=self.now - timedelta(days=7), due_at=due, **defaults | values
        )
        return UUID(str(made.id))

    async def announce(self, **values: Any) -> Any:
        sites = values.pop("sites", (self.site,))
        return await announce_exception(self.actor, closing(*sites, **values), now=self.now)

    async def preview(self, **values: Any) -> DueDatesPreview | None:
        found = await preview_exception(self.actor, closing(self.site, **values), now=self.now)
        for each in found.consequences:
            if each.kind == KIND and isinstance(each.data, DueDatesPreview):
                return each.data
        return None

    async def withdraw(self, exception_id: UUID, now: datetime | None = None) -> None:
        await withdraw_exception(self.actor, exception_id, now=now or self.now)


async def due_of(loan_id: UUID) -> datetime:
    row = await Loan.select(Loan.due_at).where(Loan.id == loan_id).first()
    assert row is not None
    due: datetime = row["due_at"]
    return due
