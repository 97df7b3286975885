"""What a site needs, what the trail says of its rota, and what is forgotten of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from comptoir.core.errors import ComptoirError, Invalid
from comptoir.core.ids import new_id
from comptoir.core.tables import AuditEvent
from comptoir.sites.errors import SitesForbidden
from comptoir.sites.rota import needs, shifts
from comptoir.sites.rota.errors import NeedNotFound
from comptoir.sites.rota.forgetting import forget
from comptoir.sites.rota.schemas import AddNeed
from comptoir.sites.rota.tables import Absence, Need, Shift, ShiftOffer, ShiftSkip
from tests.sites.rota.asking import DAY, WEEK, adding, changing, codes, week
from tests.sites.rota.world import TUESDAY, Team

# What a site needs


async def test_a_coordinator_says_what_the_site_needs(team: Team, now: datetime) -> None:
    command = AddNeed(people=1, weekday=1, starts=540, ends=600, language="it")
    need = await needs.add_need(team.coordinator, team.site.id, command, now=now)
    [gap] = [gap for day in (await week(team)).days for gap in day.gaps]
    assert [helper.person for helper in gap.helpers] == [team.luca.id]
    with pytest.raises(SitesForbidden):
        await needs.add_need(team.reception, team.site.id, command, now=now)
    with pytest.raises(SitesForbidden):
        await needs.remove_need(team.reception, need, now=now)
    await needs.remove_need(team.coordinator, need, now=now)
    with pytest.raises(NeedNotFound):
        await needs.remove_need(team.coordinator, need, now=now)
    assert await Need.count() == 0


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"language": "xx"}, ("language", "sites.language-unknown")),
        ({"competence": new_id()}, ("competence", "sites.competence-not-found")),
        ({"starts": 700, "ends": 600}, ("ends", "sites.span-ends-before-start")),
    ],
)
async def test_a_need_that_cannot_be_is_refused(
    team: Team, now: datetime, values: dict[str, object], error: tuple[str, str]
) -> None:
    command = AddNeed(people=1, **values)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        await needs.add_need(team.coordinator, team.site.id, command, now=now)
    assert codes(refused) == [error]


# Privacy


async def test_the_trail_says_what_happened_to_the_rota_and_not_to_whom(
    team: Team, now: datetime
) -> None:
    shift = await shifts.add_shift(
        team.coordinator, adding(team, team.claire.id, every_weeks=1), now=now
    )
    await shifts.change_shift(team.coordinator, shift, changing(team.luca.id), now=now)
    for event in await AuditEvent.select().where(AuditEvent.action.like("rota.%")):
        written = f"{event['subject_id']} {event['related_a_id']} {event['changes']}"
        for person in (team.claire, team.luca):
            assert str(person.id) not in written
            assert person.name not in written


async def test_what_was_over_a_week_ago_is_forgotten(team: Team, now: datetime) -> None:
    weekly = await team.shift(team.claire, TUESDAY - 10 * WEEK, last_day=None)
    old = TUESDAY - WEEK - DAY
    await team.shift(team.luca, old)
    for day in (old, TUESDAY):
        await ShiftSkip(shift=weekly.id, day=day).save()
        await Absence(user=team.luca.id, first_day=day, last_day=day).save()
        await ShiftOffer(
            site=team.site.id, shift=weekly.id, day=day, starts=540, ends=600,
            user=team.claire.id, offered_at=now,
        ).save()  # fmt: skip
    await forget(now=now)
    assert [row["id"] for row in await Shift.select(Shift.id)] == [weekly.id]
    for table in (ShiftSkip, ShiftOffer):
        assert [row["day"] for row in await table.select(table.day)] == [TUESDAY]
    assert [row["first_day"] for row in await Absence.select()] == [TUESDAY]


async def test_each_error_says_what_to_do() -> None:
    def every(kind: type[ComptoirError]) -> list[type[ComptoirError]]:
        return [each for sub in kind.__subclasses__() for each in (sub, *every(sub))]

    for kind in every(ComptoirError):
        if kind.__module__.startswith("comptoir.sites.rota"):
            assert kind().message()
