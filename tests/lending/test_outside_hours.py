"""Loans keep their date when the week changes, and the page of the hours says how many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from comptoir.core.principal import Role
from comptoir.core.web import panels
from comptoir.lending import routes
from comptoir.lending.loans.outside_hours import outside_hours
from comptoir.lending.tables import Loan
from comptoir.sites.hours_pages import SLOT as HOURS
from comptoir.sites.tables import Site
from tests import factories as make
from tests.lending.counter import Desk

THURSDAY = datetime(2026, 11, 26, 16, tzinfo=UTC)  # at 17:00 in Fribourg


@pytest.mark.parametrize(
    ("hours", "count"),
    [
        ("Mo-Fr 09:00-17:00", 0),
        ("Mo-Fr 09:00-18:00", 0),
        ("Mo-Fr 09:00-16:30", 1),
        ("Mo-We,Fr 09:00-17:00", 1),
        ("", 0),
    ],
)
async def test_what_is_due_while_the_door_is_shut_is_counted(
    desk: Desk, now: datetime, hours: str, count: int
) -> None:
    any_day = await make.policy(category_id=(await make.category()).id, mode="calendar_days")
    made = [
        await make.loan(
            item=await desk.add_item(),
            borrower_id=desk.borrower.id,
            now=now - timedelta(days=30),
            **values,
        )
        for values in (
            {"due_at": THURSDAY},
            {"due_at": THURSDAY, "returned_at": now},
            {"due_at": THURSDAY, "policy": any_day.id},
            {"due_at": now - timedelta(days=2)},
        )
    ]
    await Site.update({Site.opening_hours: hours}).where(Site.id == desk.site.id)
    assert await outside_hours(desk.site.id, now=now) == count
    row = await Loan.select(Loan.due_at).where(Loan.id == made[0].id).first()
    assert row is not None
    assert row["due_at"] == THURSDAY


async def test_page_of_the_hours_says_how_many(desk: Desk) -> None:
    assert routes.ROUTES  # panels are registered with them
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    await make.loan(
        item=desk.item, borrower_id=desk.borrower.id, now=now, due_at=now + timedelta(days=9)
    )
    closing = "Mo-Su 00:01-00:02"
    await Site.update({Site.opening_hours: closing}).where(Site.id == desk.site.id)
    actor = await make.principal(Role.COORDINATOR, desk.site.id)
    [panel] = await panels.fill(HOURS, actor, desk.site.id, now=now)
    assert (panel.template, panel.data) == ("lending/_outside_hours.html", 1)
