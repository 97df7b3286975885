"""Shifts offered to colleagues, taken by them, and withdrawn."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from uuid import UUID

import pytest

from comptoir.core.errors import Invalid
from comptoir.core.principal import Role
from comptoir.sites.rota import offers, shifts
from comptoir.sites.rota.errors import NotYours, OfferNotFound, OfferTaken, ShiftNotFound
from comptoir.sites.rota.schemas import OfferShift, Reach
from comptoir.sites.rota.tables import Shift, ShiftOffer
from tests import factories as make
from tests.sites.rota.asking import DAY, WEEK, at_work, codes, week
from tests.sites.rota.world import TUESDAY, Team


async def offer(team: Team, shift: Shift, now: datetime, day: date = TUESDAY) -> UUID:
    return await offers.offer_shift(team.reception, OfferShift(shift.id, day), now=now)


@pytest.mark.parametrize("weekly", [True, False])
async def test_an_offered_shift_is_taken_by_a_colleague(
    team: Team, now: datetime, weekly: bool
) -> None:
    last_day = None if weekly else TUESDAY
    shift = await team.shift(team.claire, last_day=last_day)
    asked = await offer(team, shift, now)
    assert await offer(team, shift, now) == asked, "the same offer"
    [seen] = (await week(team)).days[1].shifts
    assert (seen.person, seen.offer) == (team.claire.id, asked)
    await offers.take_offer(team.colleague, asked, team.luca.id, now=now)
    assert await at_work(team, TUESDAY) == [team.luca.id]
    assert await at_work(team, TUESDAY + WEEK) == ([team.claire.id] if weekly else [])
    [told] = (await week(team)).offers
    assert (told.person, told.taken_by) == (team.claire.id, team.luca.id)
    with pytest.raises(OfferTaken):
        await offers.take_offer(team.coordinator, asked, team.sophie.id, now=now)
    with pytest.raises(OfferTaken):
        await offers.withdraw_offer(team.reception, asked, now=now)


async def test_of_two_who_take_a_shift_at_one_moment_one_gets_it(team: Team, now: datetime) -> None:
    asked = await offer(team, await team.shift(team.claire, last_day=None), now)
    results = await asyncio.gather(
        offers.take_offer(team.colleague, asked, team.luca.id, now=now),
        offers.take_offer(team.coordinator, asked, team.sophie.id, now=now),
        return_exceptions=True,
    )
    assert sum(isinstance(each, OfferTaken) for each in results) == 1
    assert len(await at_work(team, TUESDAY)) == 1


async def test_who_is_at_work_or_away_takes_no_shift(team: Team, now: datetime) -> None:
    asked = await offer(team, await team.shift(team.claire), now)
    await team.shift(team.luca, starts=900, ends=960)
    with pytest.raises(Invalid) as refused:
        await offers.take_offer(team.colleague, asked, team.luca.id, now=now)
    assert codes(refused) == [("person", "sites.shift-clash")]


async def test_an_offer_is_withdrawn_or_kept_by_whoever_made_it(team: Team, now: datetime) -> None:
    shift = await team.shift(team.claire)
    await offers.withdraw_offer(team.reception, await offer(team, shift, now), now=now)
    asked = await offer(team, shift, now)
    assert await offers.take_offer(team.reception, asked, team.claire.id, now=now) == shift.id
    assert await ShiftOffer.count() == 0
    assert await at_work(team, TUESDAY) == [team.claire.id]
    with pytest.raises(OfferNotFound):
        await offers.withdraw_offer(team.reception, asked, now=now)


async def test_nobody_offers_or_takes_for_others_but_the_coordinator(
    team: Team, now: datetime
) -> None:
    shift = await team.shift(team.claire)
    with pytest.raises(NotYours):
        await offers.offer_shift(team.colleague, OfferShift(shift.id, TUESDAY), now=now)
    asked = await offers.offer_shift(team.coordinator, OfferShift(shift.id, TUESDAY), now=now)
    with pytest.raises(NotYours):
        await offers.take_offer(team.reception, asked, team.luca.id, now=now)
    with pytest.raises(NotYours):
        await offers.withdraw_offer(team.colleague, asked, now=now)
    elsewhere = await make.principal(Role.COORDINATOR, (await make.site()).id)
    with pytest.raises(OfferNotFound):
        await offers.take_offer(elsewhere, asked, team.luca.id, now=now)
    await offers.take_offer(team.coordinator, asked, team.luca.id, now=now)
    assert await at_work(team, TUESDAY) == [team.luca.id]


async def test_a_day_that_is_over_or_without_the_shift_is_not_offered(
    team: Team, now: datetime
) -> None:
    weekly = await team.shift(team.claire, TUESDAY - WEEK, last_day=None)
    for day in (TUESDAY - WEEK, TUESDAY + DAY):
        with pytest.raises(ShiftNotFound):
            await offer(team, weekly, now, day)


async def test_what_the_coordinator_changes_is_offered_no_more(team: Team, now: datetime) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    await offer(team, weekly, now)
    later = await offer(team, weekly, now, TUESDAY + WEEK)
    await shifts.remove_shift(team.coordinator, weekly.id, TUESDAY, Reach.DAY, now=now)
    assert [row["id"] for row in await ShiftOffer.select(ShiftOffer.id)] == [later]
