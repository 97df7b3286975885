"""A gap that the coordinator fills while colleagues come forward for it is filled once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.sites.rota import gaps, shifts
from comptoir.sites.rota.errors import GapFilled
from comptoir.sites.rota.locks import lock_site
from comptoir.sites.rota.schemas import AddShift, FillGap
from comptoir.sites.rota.tables import Shift
from tests.locks import overtaken
from tests.processes import together
from tests.sites.rota.world import TUESDAY, Team

DAYS = [TUESDAY + timedelta(days=7 * number) for number in range(1, 9)]


class Work(msgspec.Struct, frozen=True):
    """What one process does, one thing after another, at a site."""

    actor: Principal
    site: UUID
    now: datetime
    orders: tuple[AddShift | FillGap, ...]


async def do(work: Work) -> list[date]:
    """Fill gaps; give the days on which somebody was still missing."""
    done = []
    for order in work.orders:
        try:
            if isinstance(order, AddShift):
                await shifts.add_shift(work.actor, order, now=work.now)
            else:
                await gaps.fill_gap(work.actor, work.site, order, now=work.now)
        except GapFilled:
            continue
        done.append(order.day)
    return done


async def test_of_three_who_fill_a_gap_in_three_processes_one_does(
    team: Team, database_url: str, now: datetime
) -> None:
    await team.need(starts=840, ends=960)
    site = team.site.id
    offered = [FillGap(team.luca.id, day, 840, 960) for day in DAYS]
    works = [
        Work(
            team.coordinator,
            site,
            now,
            tuple(AddShift(site, person.id, day, 840, 960, for_gap=True) for day in DAYS),
        )
        for person in (team.claire, team.sophie)
    ]
    done = together(database_url, do, [*works, Work(team.colleague, site, now, tuple(offered))])
    assert Counter(day for days in done for day in days) == Counter(DAYS)
    assert await Shift.count() == len(DAYS)


async def test_whoever_fills_a_gap_waits_for_who_changes_the_rota_at_that_moment(
    team: Team, now: datetime
) -> None:
    await team.need(starts=840, ends=960)
    refused = []

    async def other(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.transaction():
            await lock_site(team.site.id)
            await until_waited_for()
            await team.shift(team.luca)

    async def sophie() -> None:
        command = AddShift(team.site.id, team.claire.id, TUESDAY, 840, 960, for_gap=True)
        with pytest.raises(GapFilled) as error:
            await shifts.add_shift(team.coordinator, command, now=now)
        refused.append(error.value.code)

    await overtaken(other, sophie())
    assert (len(refused), await Shift.count()) == (1, 1)
