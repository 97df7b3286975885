"""Reception at the pages of the desk, with somebody who has a card and a laptop to lend."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.ids import new_id
from comptoir.inventory.tables import Item
from comptoir.lending.tables import Loan, Visit
from comptoir.sites.tables import Site
from tests import factories as make

HTMX = {"HX-Request": "true"}


class Reception:
    """Reception at one site, somebody with a card, and a laptop with its charger."""

    client: AsyncClient

    async def set_up(self) -> Reception:
        self.site = await make.site()
        category = await make.category()
        await make.policy(category_id=category.id, renewals=1)
        self.model = await make.model(category=category.id, accessories=("Charger",))
        self.item = await make.item(site_id=self.site.id, model=self.model.id)
        self.borrower = await make.borrower(site_id=self.site.id)
        self.card = await make.card(self.borrower.id)
        return self

    async def post(self, path: str, **form: Any) -> Response:
        """Send a form of the desk; each tap on vouchers has a name of its own, as on the page."""
        if path.startswith("/desk/vouchers"):
            form = {"attempt_id": str(new_id()), **form}
        return await self.client.post(path, data=form, headers=HTMX)

    async def lend(self) -> Loan:
        await self.post("/desk/scan", scan=self.card.code)
        visit = await self.visit()
        await self.post("/desk/scan", scan=self.item.code, visit=visit.id)
        return await self.loan()

    async def lend_earlier(self, site: Site | None = None) -> Loan:
        """A loan of an hour ago, from whichever site; the item is the desk's from now on."""
        if site is not None:
            self.item = await make.item(site_id=site.id, model=self.model.id)
        before = clock.now() - timedelta(hours=1)
        # At the end of a day on which sites of tests are open, whenever the test runs.
        day = (before + timedelta(days=14)).date()
        day -= timedelta(days=max(0, day.weekday() - 4))
        due = datetime.combine(day, time(17), ZoneInfo("Europe/Zurich")).astimezone(UTC)
        return await make.loan(item=self.item, borrower_id=self.borrower.id, now=before, due_at=due)

    async def open_visit(self) -> UUID:
        """Somebody shows their card: the id of their visit."""
        await self.post("/desk/scan", scan=self.card.code)
        return (await self.visit()).id

    async def visit(self) -> Visit:
        [visit] = await Visit.objects().where(Visit.closed_at.is_null())
        return visit

    async def loan(self) -> Loan:
        [loan] = await Loan.objects()
        return loan

    async def present_site(self) -> Any:
        row = await Item.objects().get(Item.id == self.item.id)
        assert row is not None
        return row.present_site

    async def status(self) -> str:
        row = await Item.objects().get(Item.id == self.item.id)
        assert row is not None
        return row.status


def refusal_in(answer: Response) -> str:
    found = re.search(r'data-code="([^"]+)"', answer.text)
    return found[1] if found else ""
