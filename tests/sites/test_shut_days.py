"""What the previews of a closure and of other hours say of shifts and of services."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from httpx import AsyncClient

from comptoir.core.i18n import use_language
from comptoir.core.ids import new_id
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.changing_hours import preview_hours
from comptoir.sites.exceptions.previews import preview_exception
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.rota.tables import Absence
from tests.http_client import sign_in
from tests.sites.rota.world import TUESDAY, Team, make_team

pytestmark = pytest.mark.usefixtures("database")

WORKSHOP = 'Mo-Fr 09:00-17:00, We 14:00-16:00 open "Atelier"'
WITHOUT_WEDNESDAY = 'Mo,Tu,Th,Fr 09:00-17:00, We 14:00-16:00 open "Atelier"'
WEDNESDAY = TUESDAY + timedelta(days=1)


async def closing(team: Team, now: datetime) -> dict[str, tuple[int, str]]:
    command = AnnounceException((team.site.id,), WEDNESDAY, WEDNESDAY, ExceptionKind.CLOSED)
    with use_language("en"):
        found = await preview_exception(team.coordinator, command, now=now)
    return {each.kind: (each.count, each.text) for each in found.consequences}


async def other_hours(team: Team, hours: str, now: datetime) -> dict[str, tuple[int, str]]:
    with use_language("en"):
        found = await preview_hours(team.coordinator, team.site.id, hours, now=now)
    return {each.kind: (each.count, each.text) for each in found.consequences}


async def test_a_closure_counts_the_shifts_of_who_is_not_away(now: datetime) -> None:
    team = await make_team(opening_hours="Mo-Fr 09:00-17:00")
    for person in (team.claire, team.luca):
        await team.shift(person, WEDNESDAY)
    assert (await closing(team, now))["shifts"][0] == 2
    await Absence(
        id=new_id(),
        user=team.luca.id,
        first_day=WEDNESDAY,
        last_day=WEDNESDAY,
        starts=0,
        ends=1440,
    ).save()
    assert (await closing(team, now))["shifts"][0] == 1


async def test_a_closure_names_the_services_that_fall_away(now: datetime) -> None:
    team = await make_team(opening_hours=WORKSHOP)
    [(kind, (count, text))] = (await closing(team, now)).items()
    assert (kind, count) == ("services", 1)
    assert text == "This would not take place then: Atelier (Wednesday)."


async def test_other_hours_tell_of_shifts_and_services_on_a_day_now_shut(now: datetime) -> None:
    team = await make_team(opening_hours=WORKSHOP)
    await team.shift(team.claire, WEDNESDAY, last_day=None, every_weeks=1)
    await team.shift(team.luca, TUESDAY)
    found = await other_hours(team, WITHOUT_WEDNESDAY, now)
    assert found["shifts"][0] == 4
    assert "still take place: Atelier (Wednesday)." in found["services"][1]
    assert await other_hours(team, WORKSHOP.replace("17:00", "18:00"), now) == {}


async def test_hours_are_saved_after_the_look_and_no_loan_is_said_to_move(
    client: AsyncClient,
) -> None:
    team = await make_team(opening_hours=WORKSHOP)
    await sign_in(client, team.sophie)
    path = f"/settings/sites/{team.site.id}/hours/expression"
    fields = {"opening_hours": WITHOUT_WEDNESDAY, "version": "1"}
    looked = (await client.post(path, data=fields)).text
    assert "still take place: Atelier (Wednesday)." in looked
    seen = re.search(r'name="seen" value="([^"]+)"', looked)
    assert seen
    saved = await client.post(path, data=fields | {"seen": seen[1]})
    assert saved.status_code == 303
    page = (await client.get(saved.headers["location"])).text
    assert "Hours saved." in page
    assert "What was due then" not in page
