"""Coming forward where somebody is missing: who may, for what, and who is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from comptoir.core import db, events
from comptoir.core.errors import Invalid
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.rota import gaps, offers, shifts
from comptoir.sites.rota.errors import GapFilled, NotYours, ShiftNotFound
from comptoir.sites.rota.events import GapWasFilled
from comptoir.sites.rota.schemas import ChangeShift, FillGap, OfferShift, ShiftView
from comptoir.sites.rota.tables import Shift
from comptoir.sites.rota.week import rota
from tests import factories as make
from tests.locks import overtaken
from tests.sites.rota.world import TUESDAY, Team, actor

DAY = timedelta(days=1)


def coming(team: Team, **values: object) -> FillGap:
    """Luca, in the afternoon of Tuesday."""
    fields = {"person": team.luca.id, "day": TUESDAY, "starts": 840, "ends": 960, **values}
    return FillGap(**fields)  # type: ignore[arg-type]


async def planned(team: Team) -> list[ShiftView]:
    return list((await rota(team.coordinator, team.site.id, TUESDAY, TUESDAY)).days[0].shifts)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[GapWasFilled]:
    """What a higher floor would be told."""
    told: list[GapWasFilled] = []

    async def hear(event: GapWasFilled) -> None:
        told.append(event)

    handlers = events._handlers[GapWasFilled]
    monkeypatch.setitem(events._handlers, GapWasFilled, [*handlers, hear])
    return told


async def test_who_could_come_puts_themselves_on_the_rota_and_the_coordinator_sees_it(
    team: Team, now: datetime, heard: list[GapWasFilled]
) -> None:
    await team.need(starts=840, ends=960)
    made = await gaps.fill_gap(team.colleague, team.site.id, coming(team), now=now)
    [seen] = await planned(team)
    assert (seen.shift, seen.person, seen.volunteered) == (made, team.luca.id, True)
    assert (await rota(team.coordinator, team.site.id, TUESDAY, TUESDAY)).days[0].gaps == ()
    [event] = await AuditEvent.select().where(AuditEvent.action == "rota.gap_filled")
    assert str(team.luca.id) not in f"{event['subject_id']} {event['changes']}"
    assert [(each.site, each.shift) for each in heard] == [(team.site.id, made)]


async def test_a_part_of_a_gap_can_be_filled(team: Team, now: datetime) -> None:
    await team.need()
    await gaps.fill_gap(team.colleague, team.site.id, coming(team), now=now)
    [day] = (await rota(team.coordinator, team.site.id, TUESDAY, TUESDAY)).days
    assert len(day.gaps) == 2


async def test_asked_for_twice_it_is_one_shift(
    team: Team, now: datetime, heard: list[GapWasFilled]
) -> None:
    await team.need(people=2)
    made = await asyncio.gather(
        *(gaps.fill_gap(team.colleague, team.site.id, coming(team), now=now) for _ in range(2))
    )
    assert made[0] == made[1]
    assert await Shift.count() == len(heard) == 1


async def test_of_two_who_come_forward_at_one_moment_one_is_needed(
    team: Team, now: datetime
) -> None:
    await team.need()
    results = await asyncio.gather(
        gaps.fill_gap(team.colleague, team.site.id, coming(team), now=now),
        gaps.fill_gap(team.reception, team.site.id, coming(team, person=team.claire.id), now=now),
        return_exceptions=True,
    )
    assert sum(isinstance(each, GapFilled) for each in results) == 1
    assert await Shift.count() == 1


async def test_who_comes_forward_waits_for_whoever_does_at_that_moment(
    team: Team, now: datetime
) -> None:
    await team.need()
    refused = []

    async def other(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.transaction():
            await db.execute(
                "UPDATE sites_site SET version = version + 1 WHERE id = :id", id=team.site.id
            )
            await until_waited_for()
            await db.execute("DELETE FROM sites_need WHERE site = :id", id=team.site.id)

    async def luca() -> None:
        with pytest.raises(GapFilled) as error:
            await gaps.fill_gap(team.colleague, team.site.id, coming(team), now=now)
        refused.append(error.value.code)

    await overtaken(other, luca())
    assert len(refused) == 1
    assert await Shift.count() == 0


@pytest.mark.parametrize("times", [(840, 1020), (480, 960), (1020, 1080)])
async def test_only_where_somebody_is_missing(
    team: Team, now: datetime, times: tuple[int, int]
) -> None:
    await team.need(starts=840, ends=960)
    command = coming(team, starts=times[0], ends=times[1])
    with pytest.raises(GapFilled):
        await gaps.fill_gap(team.colleague, team.site.id, command, now=now)


async def test_what_is_needed_is_what_the_person_can(team: Team, now: datetime) -> None:
    await team.need(language="it")
    with pytest.raises(GapFilled):
        await gaps.fill_gap(
            team.reception, team.site.id, coming(team, person=team.claire.id), now=now
        )
    await gaps.fill_gap(team.colleague, team.site.id, coming(team), now=now)


async def test_who_is_at_work_or_on_a_day_that_is_over_does_not_come(
    team: Team, now: datetime
) -> None:
    await team.need(people=2)
    await team.shift(team.luca, starts=900, ends=1020)
    with pytest.raises(Invalid) as refused:
        await gaps.fill_gap(team.colleague, team.site.id, coming(team), now=now)
    assert [each.code for each in refused.value.errors] == ["sites.shift-clash"]
    command = coming(team, day=TUESDAY - DAY)
    with pytest.raises(Invalid) as refused:
        await gaps.fill_gap(team.colleague, team.site.id, command, now=now)
    assert [each.code for each in refused.value.errors] == ["sites.day-over"]


async def test_nobody_comes_forward_for_others_but_the_coordinator(
    team: Team, now: datetime
) -> None:
    await team.need()
    with pytest.raises(NotYours):
        await gaps.fill_gap(team.reception, team.site.id, coming(team), now=now)
    other = await make.site()
    stranger = actor(
        await make.user(role=Role.RECEPTION, site_id=other.id), Role.RECEPTION, other.id
    )
    with pytest.raises(SiteNotFound):
        await gaps.fill_gap(stranger, team.site.id, coming(team, person=stranger.id), now=now)
    await gaps.fill_gap(team.coordinator, team.site.id, coming(team), now=now)


async def test_what_is_missing_after_midnight_is_filled_too(team: Team, now: datetime) -> None:
    await team.site.update_self({"opening_hours": "Tu 20:00-02:00"})
    await team.need()
    for day, starts, ends in ((TUESDAY, 1200, 1440), (TUESDAY + DAY, 0, 120)):
        command = coming(team, day=day, starts=starts, ends=ends)
        await gaps.fill_gap(team.colleague, team.site.id, command, now=now)
    assert (await rota(team.coordinator, team.site.id, TUESDAY, TUESDAY)).days[0].gaps == ()


async def test_one_steps_back_from_what_one_came_forward_for(team: Team, now: datetime) -> None:
    await team.need()
    made = await gaps.fill_gap(team.colleague, team.site.id, coming(team), now=now)
    with pytest.raises(NotYours):
        await gaps.step_back(team.reception, made, TUESDAY, now=now)
    with pytest.raises(ShiftNotFound):
        await gaps.step_back(team.colleague, made, TUESDAY, now=now + 2 * DAY)
    assert await gaps.step_back(team.colleague, made, TUESDAY, now=now) == team.site.id
    assert await planned(team) == []
    assert await AuditEvent.count().where(AuditEvent.action == "rota.gap_left") == 1


async def test_what_the_coordinator_or_a_swap_made_of_it_is_kept(team: Team, now: datetime) -> None:
    await team.need()
    made = await gaps.fill_gap(team.colleague, team.site.id, coming(team), now=now)
    change = ChangeShift(TUESDAY, team.luca.id, TUESDAY, 840, 1020)
    changed = await shifts.change_shift(team.coordinator, made, change, now=now)
    with pytest.raises(NotYours):
        await gaps.step_back(team.colleague, changed, TUESDAY, now=now)
    morning = coming(team, starts=540, ends=660)
    made = await gaps.fill_gap(team.colleague, team.site.id, morning, now=now)
    offer = await offers.offer_shift(team.colleague, OfferShift(made, TUESDAY), now=now)
    taken = await offers.take_offer(team.reception, offer, team.claire.id, now=now)
    with pytest.raises(NotYours):
        await gaps.step_back(team.reception, taken, TUESDAY, now=now)
    assert [each.volunteered for each in await planned(team)] == [False, False]
