"""The list of borrowers: by name, filtered, page by page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import db
from comptoir.core.principal import SYSTEM, Principal, Role
from comptoir.lending.borrowers.queries import list_borrowers
from comptoir.lending.borrowers.schemas import BorrowerFilter, BorrowerPlace, BorrowerState
from comptoir.lending.tables import Borrower
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


async def listed(
    now: datetime,
    actor: Principal = SYSTEM,
    state: BorrowerState | None = None,
    group: UUID | None = None,
) -> list[str]:
    page = await list_borrowers(actor, BorrowerFilter(state=state, group=group), now=now)
    return [row.name for row in page.rows]


async def test_names_sort_without_accents_or_case(now: datetime) -> None:
    for name in ("Zoé", "émile", "Eva", "ali", "Œdile"):
        await factories.borrower(name=name)
    assert await listed(now) == ["ali", "émile", "Eva", "Œdile", "Zoé"]


async def test_pages_follow_each_other_without_gap_or_repetition(now: datetime) -> None:
    group = await factories.group()
    for number in range(7):
        await factories.borrower(name=f"Amina {number % 3}", borrower_group=group.id)
    seen: list[UUID] = []
    after = None
    while True:
        page = await list_borrowers(SYSTEM, BorrowerFilter(after=after, limit=2), now=now)
        seen += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7


async def test_a_name_that_changes_between_two_pages_takes_nothing_with_it(now: datetime) -> None:
    for name in ("Ali", "Berta", "Carla", "Dino"):
        await factories.borrower(name=name)
    page = await list_borrowers(SYSTEM, BorrowerFilter(limit=2), now=now)
    renamed: dict[Any, Any] = {Borrower.name: "Zoé", Borrower.sort_name: "zoe"}
    await Borrower.update(renamed).where(Borrower.id == page.rows[-1].id)
    rest = await list_borrowers(SYSTEM, BorrowerFilter(after=page.next), now=now)
    assert [row.name for row in rest.rows] == ["Carla", "Dino", "Zoé"]


async def test_a_list_is_limited_to_a_group_to_loans_or_suspensions(now: datetime) -> None:
    site = await factories.site()
    group = await factories.group()
    await factories.borrower(name="Grouped", borrower_group=group.id)
    await factories.borrower(name="Suspended", suspended_at=now)
    await factories.borrower(
        name="Lapsed", suspended_at=now, suspended_until=now - timedelta(seconds=1)
    )
    holder = await factories.borrower(name="Holder")
    item = await factories.item(site_id=site.id)
    await factories.loan(item=item, borrower_id=holder.id, now=now)
    assert await listed(now, group=group.id) == ["Grouped"]
    assert await listed(now, state=BorrowerState.SUSPENDED) == ["Suspended"]
    assert await listed(now, state=BorrowerState.HOLDING) == ["Holder"]


async def test_only_borrowers_of_ones_sites_are_listed(now: datetime) -> None:
    here, there = await factories.site(), await factories.site()
    await factories.borrower(name="Here", site_id=here.id)
    await factories.borrower(name="There", site_id=there.id)
    actor = await factories.principal(Role.COORDINATOR, here.id)
    assert await listed(now, actor) == ["Here"]


async def test_statements_do_not_grow_with_the_list(now: datetime) -> None:
    rows = [await factories.borrower(name=f"Amina {number}") for number in range(12)]
    after = BorrowerPlace(rows[0].sort_name, rows[0].id)
    with db.count_statements() as sent:
        await list_borrowers(SYSTEM, BorrowerFilter(after=after), now=now)
    assert len(sent) == 1
