"""What the desk says somebody may take is what a scan would lend them at this moment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from comptoir.core.i18n import use_language
from comptoir.inventory.tables import Item
from comptoir.lending.desk.view import read_visit
from comptoir.lending.desk.visits import choose_return_site, open_visit
from comptoir.lending.errors import CheckOutRefused
from comptoir.lending.tables import Borrower, Household, Policy
from tests import factories as make
from tests.lending.counter import Desk

#: A Tuesday in Fribourg, whose site is open from 9 to 17 hours: at 16 and at half past 17.
OPEN = datetime(2026, 11, 24, 15, tzinfo=UTC)
SHUT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)


class Room:
    """A desk with a laptop to take along, and a PC that is used in the room."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def set_up(self, **policy: Any) -> Room:
        kind = await make.category("PC in the room")
        values = {"mode": "on_site", "length": 0, "renewals": 0, **policy}
        await make.policy(category_id=kind.id, **values)
        model = await make.model(category=kind.id)
        self.pc = await make.item(site_id=self.desk.site.id, model=model.id)
        return self

    async def visit(self, now: datetime) -> Any:
        return await open_visit(
            self.desk.actor, self.desk.borrower.id, site_id=self.desk.site.id, by_card=True, now=now
        )

    async def offered(self, now: datetime) -> list[str]:
        with use_language("en"):
            view = await read_visit(self.desk.actor, await self.visit(now), now=now)
        assert view is not None
        return [each.category for each in view.allowances]

    async def laptops(self) -> tuple[int | None, bool]:
        """How many they may take, and whether it is the household that sets it."""
        view = await read_visit(self.desk.actor, await self.visit(OPEN), now=OPEN)
        assert view is not None
        return view.allowances[0].left, view.allowances[0].shared

    async def lends(self, item: Item, now: datetime) -> bool:
        try:
            await self.desk.lend(now, item, visit_id=await self.visit(now))
        except CheckOutRefused:
            return False
        return True


@pytest.fixture
async def room(desk: Desk) -> Room:
    return await Room(desk).set_up()


@pytest.mark.parametrize(("now", "pc"), [(OPEN, True), (SHUT, False)])
async def test_a_pc_in_the_room_is_offered_while_the_site_is_open(
    room: Room, now: datetime, pc: bool
) -> None:
    offered = await room.offered(now)
    assert ("PC in the room" in offered) == pc == await room.lends(room.pc, now)
    assert "Laptop" in offered
    assert await room.lends(room.desk.item, now)


async def test_what_must_come_back_here_is_not_offered_to_be_brought_elsewhere(room: Room) -> None:
    other = await make.site(short_name="Lausanne", published=True)
    visit_id = await room.visit(OPEN)
    await choose_return_site(room.desk.actor, visit_id, other.id, now=OPEN)
    assert await room.offered(OPEN) == ["Laptop"]
    assert not await room.lends(room.pc, OPEN)


async def test_what_leaves_no_day_to_bring_it_back_is_not_offered(room: Room) -> None:
    """The last day is today: the PC goes back within it; so does the laptop, until closing."""
    await Borrower.update({Borrower.eligible_until: date(2026, 11, 24)}, force=True)
    assert await room.offered(OPEN) == ["Laptop", "PC in the room"]
    assert await room.offered(SHUT) == []
    assert not await room.lends(room.desk.item, SHUT)


async def test_a_limit_that_others_of_the_household_have_reached_is_called_theirs(
    room: Room,
) -> None:
    limits: dict[Any, Any] = {Policy.limit_person: 2, Policy.limit_household: 1}
    await Policy.update(limits, force=True)
    home = Household(label="Diallo", created_at=OPEN)
    await home.save()
    await Borrower.update({Borrower.household: home.id}, force=True)
    assert (await room.laptops()) == (1, True)
    sister = await make.borrower(household=home.id)
    await make.loan(item=room.desk.item, borrower_id=sister.id, now=OPEN)
    assert (await room.laptops()) == (0, True)
    await Policy.update({Policy.limit_household: 3}, force=True)
    assert (await room.laptops()) == (2, False)
