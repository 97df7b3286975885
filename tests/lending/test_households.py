"""People who live together belong to one household, chosen by one of them."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

import pytest

from comptoir.core import audit
from comptoir.core.principal import SYSTEM, Role
from comptoir.lending.borrowers.errors import SameBorrower
from comptoir.lending.borrowers.households import join_household, leave_household
from comptoir.lending.borrowers.queries import read_borrower
from comptoir.lending.errors import BorrowerNotFound
from comptoir.lending.tables import Household
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


async def people(*names: str) -> list[UUID]:
    return [(await factories.borrower(name=name)).id for name in names]


async def housemates(borrower_id: UUID, now: datetime) -> list[str]:
    borrower = await read_borrower(SYSTEM, borrower_id, now=now)
    return [each.name for each in borrower.housemates]


async def test_two_people_make_a_household_and_a_third_joins(now: datetime) -> None:
    amina, bilal, chiara = await people("Amina", "Bilal", "Chiara")
    await join_household(SYSTEM, amina, lives_with=bilal, now=now)
    await join_household(SYSTEM, chiara, lives_with=amina, now=now)
    await join_household(SYSTEM, chiara, lives_with=bilal, now=now)
    assert await housemates(amina, now) == ["Bilal", "Chiara"]
    assert await housemates(chiara, now) == ["Amina", "Bilal"]
    assert await Household.count() == 1
    assert [entry.action for _, entry in await audit.timeline(bilal)] == [
        "borrower.household_joined"
    ]


async def test_joining_another_household_leaves_the_first(now: datetime) -> None:
    amina, bilal, chiara = await people("Amina", "Bilal", "Chiara")
    await join_household(SYSTEM, amina, lives_with=bilal, now=now)
    await join_household(SYSTEM, amina, lives_with=chiara, now=now)
    assert await housemates(amina, now) == ["Chiara"]
    assert (await read_borrower(SYSTEM, bilal, now=now)).household is None
    assert await Household.count() == 1


async def test_a_household_of_one_is_none(now: datetime) -> None:
    amina, bilal = await people("Amina", "Bilal")
    await join_household(SYSTEM, amina, lives_with=bilal, now=now)
    await leave_household(SYSTEM, amina, now=now)
    await leave_household(SYSTEM, amina, now=now)
    assert (await read_borrower(SYSTEM, bilal, now=now)).household is None
    assert await Household.count() == 0


async def test_nobody_lives_with_themselves(now: datetime) -> None:
    [amina] = await people("Amina")
    with pytest.raises(SameBorrower):
        await join_household(SYSTEM, amina, lives_with=amina, now=now)


async def test_two_who_choose_each_other_at_once_make_one_household(now: datetime) -> None:
    amina, bilal = await people("Amina", "Bilal")
    await asyncio.gather(
        join_household(SYSTEM, amina, lives_with=bilal, now=now),
        join_household(SYSTEM, bilal, lives_with=amina, now=now),
    )
    assert await housemates(amina, now) == ["Bilal"]
    assert await Household.count() == 1


async def test_people_of_other_sites_are_neither_chosen_nor_shown(now: datetime) -> None:
    here, there = await factories.site(), await factories.site()
    amina = await factories.borrower(name="Amina", site_id=here.id)
    bilal = await factories.borrower(name="Bilal", site_id=there.id)
    actor = await factories.principal(Role.RECEPTION, here.id)
    with pytest.raises(BorrowerNotFound):
        await join_household(actor, amina.id, lives_with=bilal.id, now=now)
    await join_household(SYSTEM, amina.id, lives_with=bilal.id, now=now)
    seen = await read_borrower(actor, amina.id, now=now)
    assert seen.household is not None
    assert seen.housemates == ()
