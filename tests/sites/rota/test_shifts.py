"""Putting people on the rota and changing their shifts; what each of these refuses."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest

from comptoir.core import db
from comptoir.core.errors import Invalid
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.sites.errors import SiteNotFound, SitesForbidden
from comptoir.sites.rota import shifts
from comptoir.sites.rota.errors import GapFilled, ShiftNotFound
from comptoir.sites.rota.schemas import Reach
from comptoir.sites.rota.tables import Absence, Shift
from comptoir.sites.rota.week import rota
from tests import factories as make
from tests.sites.rota.asking import DAY, WEEK, adding, at_work, changing, codes, week
from tests.sites.rota.world import MONDAY, TUESDAY, Team


async def test_a_weekly_shift_comes_back_and_one_for_a_day_does_not(
    team: Team, now: datetime
) -> None:
    await shifts.add_shift(team.coordinator, adding(team, team.claire.id, every_weeks=1), now=now)
    await shifts.add_shift(team.coordinator, adding(team, team.luca.id, every_weeks=2), now=now)
    await shifts.add_shift(team.coordinator, adding(team, team.sophie.id), now=now)
    assert len(await at_work(team, TUESDAY)) == 3
    assert await at_work(team, TUESDAY + WEEK) == [team.claire.id]
    assert len(await at_work(team, TUESDAY + 2 * WEEK)) == 2
    assert await at_work(team, TUESDAY + DAY) == []


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"ends": 540}, ("ends", "sites.span-ends-before-start")),
        ({"day": TUESDAY - DAY}, ("day", "sites.day-over")),
        ({"day": date(2062, 1, 1)}, ("day", "sites.day-too-far")),
        ({"day": date.max}, ("day", "sites.day-too-far")),
        ({"day": date.min, "every_weeks": 1}, ("day", "sites.day-over")),
        ({"every_weeks": 1, "last_day": MONDAY}, ("last_day", "sites.days-end-before-start")),
        ({"starts": 700, "ends": 800}, ("person", "sites.shift-clash")),
        ({"day": TUESDAY + WEEK, "starts": 0, "ends": 560}, ("person", "sites.shift-clash")),
        ({"day": TUESDAY + DAY}, ("person", "sites.person-away")),
    ],
)
async def test_a_shift_that_cannot_be_is_refused_at_its_field(
    team: Team, now: datetime, values: dict[str, object], error: tuple[str, str]
) -> None:
    await team.shift(team.claire, last_day=None, starts=540, ends=720)
    await Absence(
        user=team.claire.id, first_day=TUESDAY + DAY, last_day=TUESDAY + DAY, starts=700
    ).save()
    with pytest.raises(Invalid) as refused:
        await shifts.add_shift(
            team.coordinator,
            adding(team, team.claire.id, **{"starts": 720, "ends": 800, **values}),
            now=now,
        )
    assert codes(refused) == [error]
    assert await Shift.count() == 1


async def test_only_who_works_there_is_put_on_the_rota(team: Team, now: datetime) -> None:
    stranger = await make.user(role=Role.RECEPTION, site_id=(await make.site()).id)
    boss = await make.user(role=Role.ADMIN)
    gone = await make.user(role=Role.RECEPTION, site_id=team.site.id, active=False)
    for person in (stranger, boss, gone):
        with pytest.raises(Invalid) as refused:
            await shifts.add_shift(team.coordinator, adding(team, person.id), now=now)
        assert codes(refused) == [("person", "sites.not-on-team")]


async def test_somebody_is_at_one_site_at_a_time(team: Team, now: datetime) -> None:
    other = await make.site()
    await make.work_at(team.claire, Role.RECEPTION, other.id)
    await team.shift(team.claire, site=other.id)
    for weekly in (0, 1):
        first = TUESDAY - weekly * WEEK
        command = adding(team, team.claire.id, day=first, every_weeks=weekly)
        with use_language("en"), pytest.raises(Invalid) as refused:
            await shifts.add_shift(team.coordinator, command, now=now - weekly * WEEK)
        assert codes(refused) == [("person", "sites.shift-clash")]
        # The rota of the other site is not told: no day, no hour.
        told = refused.value.errors[0].message
        assert told.startswith("This person cannot be there then.")
        assert not any(letter.isdigit() for letter in told)


async def test_a_week_is_read_by_as_many_statements_whoever_works_there(team: Team) -> None:
    async def statements() -> int:
        with db.count_statements() as sent:
            await week(team)
        return len(sent)

    few = await statements()
    for number in range(5):
        person = await make.user(role=Role.RECEPTION, site_id=team.site.id)
        await team.shift(person, MONDAY + timedelta(days=number), last_day=None)
    assert await statements() == few <= 12


async def test_who_left_a_site_is_no_longer_on_its_rota(team: Team, now: datetime) -> None:
    await team.shift(team.claire, last_day=None)
    assert await at_work(team, TUESDAY) == [team.claire.id]
    await team.claire.update_self({"active": False})
    assert await at_work(team, TUESDAY) == []


async def test_of_two_shifts_at_one_moment_one_is_refused(team: Team, now: datetime) -> None:
    results = await asyncio.gather(
        *(
            shifts.add_shift(team.coordinator, adding(team, team.claire.id), now=now)
            for _ in range(2)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Invalid) for each in results) == 1
    assert await Shift.count() == 1


async def test_one_day_of_a_weekly_shift_is_given_to_somebody_else(
    team: Team, now: datetime
) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    await shifts.change_shift(team.coordinator, weekly.id, changing(team.luca.id), now=now)
    assert await at_work(team, TUESDAY) == [team.luca.id]
    assert await at_work(team, TUESDAY + WEEK) == [team.claire.id]


async def test_a_shift_changes_from_a_day_on_and_days_left_out_stay_so(
    team: Team, now: datetime
) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    third, fourth = TUESDAY + 2 * WEEK, TUESDAY + 3 * WEEK
    await shifts.remove_shift(team.coordinator, weekly.id, fourth, Reach.DAY, now=now)
    command = changing(team.luca.id, day=third, new_day=third, starts=600, reach=Reach.FOLLOWING)
    await shifts.change_shift(team.coordinator, weekly.id, command, now=now)
    days = [await at_work(team, TUESDAY + number * WEEK) for number in range(5)]
    claire, luca = team.claire.id, team.luca.id
    assert days == [[claire], [claire], [luca], [], [luca]]


async def test_of_two_who_change_a_shift_at_one_moment_one_is_told(
    team: Team, now: datetime
) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    later = {"day": TUESDAY + WEEK, "new_day": TUESDAY + WEEK, "reach": Reach.FOLLOWING}
    results = await asyncio.gather(
        *(
            shifts.change_shift(team.coordinator, weekly.id, changing(person.id, **later), now=now)
            for person in (team.luca, team.sophie)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, ShiftNotFound) for each in results) == 1
    assert len(await at_work(team, TUESDAY + 2 * WEEK)) == 1


async def test_a_shift_moves_to_another_day(team: Team, now: datetime) -> None:
    single = await team.shift(team.claire)
    command = changing(team.claire.id, new_day=TUESDAY + DAY)
    moved = await shifts.change_shift(team.coordinator, single.id, command, now=now)
    assert await at_work(team, TUESDAY) == []
    assert await at_work(team, TUESDAY + DAY) == [team.claire.id]
    with pytest.raises(ShiftNotFound):
        await shifts.change_shift(team.coordinator, moved, command, now=now)


async def test_a_weekly_shift_ends(team: Team, now: datetime) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    await shifts.remove_shift(team.coordinator, weekly.id, TUESDAY + WEEK, Reach.FOLLOWING, now=now)
    assert [len(await at_work(team, TUESDAY + number * WEEK)) for number in range(3)] == [1, 0, 0]
    await shifts.remove_shift(team.coordinator, weekly.id, TUESDAY, Reach.FOLLOWING, now=now)
    assert await Shift.count() == 0


async def test_reception_changes_no_shift_and_strangers_know_of_none(
    team: Team, now: datetime
) -> None:
    single = await team.shift(team.claire)
    add, change = adding(team, team.luca.id), changing(team.luca.id)
    elsewhere = await make.principal(Role.COORDINATOR, (await make.site()).id)
    for who, errors in (
        (team.reception, (SitesForbidden, SitesForbidden, SitesForbidden)),
        (elsewhere, (SiteNotFound, ShiftNotFound, ShiftNotFound)),
    ):
        with pytest.raises(errors[0]):
            await shifts.add_shift(who, add, now=now)
        with pytest.raises(errors[1]):
            await shifts.change_shift(who, single.id, change, now=now)
        with pytest.raises(errors[2]):
            await shifts.remove_shift(who, single.id, TUESDAY, Reach.DAY, now=now)
    with pytest.raises(SiteNotFound):
        await rota(elsewhere, team.site.id, MONDAY, TUESDAY)


async def test_a_shift_for_a_gap_is_refused_once_nobody_is_missing(
    team: Team, now: datetime
) -> None:
    await team.need(starts=840, ends=960)
    wanted = {"starts": 540, "ends": 1020, "for_gap": True}
    await shifts.add_shift(team.coordinator, adding(team, team.luca.id, **wanted), now=now)
    with pytest.raises(GapFilled):
        await shifts.add_shift(team.coordinator, adding(team, team.claire.id, **wanted), now=now)
    more = adding(team, team.claire.id, **wanted | {"for_gap": False})
    await shifts.add_shift(team.coordinator, more, now=now)
    assert len(await at_work(team, TUESDAY)) == 2
    morning = adding(team, team.sophie.id, starts=540, ends=600, for_gap=True)
    with pytest.raises(GapFilled):
        await shifts.add_shift(team.coordinator, morning, now=now)
