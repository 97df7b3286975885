"""The rota by its calls: what the pages do, by a program of the site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import client_of, codes, use_token
from tests.paper import is_pdf_ua, text_of
from tests.sites.rota.test_links import events
from tests.sites.rota.world import Team

#: A Wednesday in three weeks, and the one after.
DAY = clock.now().date() + timedelta(days=23 - clock.now().date().weekday())
LATER = DAY + timedelta(days=7)


@pytest.fixture
async def client(team: Team) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        await use_token(client, "settings")
        yield client


async def call(client: AsyncClient, path: str, **body: Any) -> Response:
    headers = {"Idempotency-Key": str(new_id())}
    return await client.post(f"/api/v1{path}", json=body, headers=headers)


async def end(client: AsyncClient, path: str, **query: str) -> int:
    headers = {"Idempotency-Key": str(new_id())}
    answer = await client.delete(f"/api/v1{path}", params=query, headers=headers)
    return answer.status_code


async def day(client: AsyncClient, team: Team, which: Any = DAY) -> Any:
    """What the rota says of one day."""
    answer = await client.get(f"/api/v1/sites/{team.site.id}/rota?from={which}&to={which}")
    assert answer.status_code == 200
    return answer.json()["days"][0]


async def test_a_program_fills_the_rota_and_reads_what_is_lacking(
    team: Team, client: AsyncClient
) -> None:
    site = str(team.site.id)
    need = await call(client, f"/sites/{site}/needs", people=1, language="it")
    assert need.status_code == 201
    [gap] = (await day(client, team))["gaps"]
    assert gap["missing"] == 1
    assert [each["person"] for each in gap["helpers"]] == [str(team.luca.id)]
    made = await call(
        client, "/shifts", site=site, person=str(team.luca.id), day=str(DAY),
        starts=540, ends=1020, every_weeks=1,
    )  # fmt: skip
    assert made.status_code == 201
    assert (await day(client, team, LATER))["gaps"] == []
    shift = made.json()["id"]
    changed = await call(
        client, f"/shifts/{shift}/changes", day=str(DAY), person=str(team.claire.id),
        new_day=str(DAY), starts=600, ends=1020,
    )  # fmt: skip
    assert changed.status_code == 201
    [seen] = (await day(client, team))["shifts"]
    assert (seen["person"], seen["starts"]) == (str(team.claire.id), 600)
    assert await end(client, f"/shifts/{shift}", day=str(LATER), reach="following") == 204
    assert (await day(client, team, LATER))["shifts"] == []
    listed = (await client.get(f"/api/v1/sites/{site}/needs")).json()["items"]
    assert await end(client, f"/needs/{listed[0]['id']}") == 204


async def test_a_program_lets_somebody_come_where_a_person_is_missing(
    team: Team, client: AsyncClient
) -> None:
    await team.need()
    path = f"/sites/{team.site.id}/rota/gaps/fill"
    times = {"day": str(DAY), "starts": 540, "ends": 1020}
    made = await call(client, path, person=str(team.luca.id), **times)
    assert made.status_code == 201
    [seen] = (await day(client, team))["shifts"]
    assert (seen["shift"], seen["volunteered"]) == (made.json()["id"], True)
    late = await call(client, path, person=str(team.claire.id), **times)
    assert (late.status_code, codes(late)) == (409, ["sites.gap-filled"])


async def test_a_program_swaps_and_enters_absences_for_the_team(
    team: Team, client: AsyncClient
) -> None:
    shift = await team.shift(team.claire, DAY)
    offer = await call(client, "/shift-offers", shift=str(shift.id), day=str(DAY))
    path = f"/shift-offers/{offer.json()['id']}"
    taken = await call(client, f"{path}/take", person=str(team.luca.id))
    assert taken.json()["id"] == str(shift.id)
    assert [each["person"] for each in (await day(client, team))["shifts"]] == [str(team.luca.id)]
    again = await call(client, f"{path}/take", person=str(team.sophie.id))
    assert (again.status_code, codes(again)) == (409, ["sites.offer-taken"])
    assert await end(client, path) == 409
    away = await call(
        client, "/absences", person=str(team.luca.id), first_day=str(DAY), last_day=str(DAY)
    )
    assert (await day(client, team))["away"] == [str(team.luca.id)]
    reason = await call(
        client, "/absences", person=str(team.luca.id), first_day=str(DAY), last_day=str(DAY),
        reason="flu",
    )  # fmt: skip
    assert reason.status_code == 422, "there is no such field"
    assert await end(client, f"/absences/{away.json()['id']}") == 204


async def test_a_program_makes_a_sites_link_once(team: Team, client: AsyncClient) -> None:
    await team.shift(team.claire, DAY)
    path = f"/api/v1/sites/{team.site.id}/calendar-link"
    headers = {"Idempotency-Key": "once"}
    first = (await client.post(path, headers=headers)).json()["link"]
    assert (await client.post(path, headers=headers)).json()["link"] is None, "told once"
    client.headers.pop("Authorization")
    assert len(events((await client.get(first)).content)) == 1


async def test_the_rota_is_printed_week_by_week(team: Team, client: AsyncClient) -> None:
    await team.shift(team.claire, DAY, last_day=None)
    path = f"/api/v1/sites/{team.site.id}/rota.pdf?from={DAY}&to={LATER}"
    pdf = (await client.get(path)).content
    assert is_pdf_ua(pdf)
    assert text_of(pdf).count("Claire Monney") == 2


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (DAY, DAY - timedelta(days=1), "sites.days-end-before-start"),
        (DAY, DAY + timedelta(days=62), "sites.too-many-days"),
        (DAY - timedelta(days=90), DAY - timedelta(days=80), "sites.days-out-of-reach"),
    ],
)
async def test_days_that_the_rota_does_not_know_are_refused(
    team: Team, client: AsyncClient, first: Any, last: Any, code: str
) -> None:
    answer = await client.get(f"/api/v1/sites/{team.site.id}/rota?from={first}&to={last}")
    assert (answer.status_code, codes(answer)[-1]) == (422, code)


async def test_a_program_learns_of_no_day_that_is_over(team: Team, client: AsyncClient) -> None:
    """Else it could add up who was planned, away or came forward how often."""
    today = clock.localtime(clock.now(), team.site.time_zone).date()
    yesterday = today - timedelta(days=1)
    for each in (yesterday, today):
        await team.shift(team.claire, each)
    for path in ("rota", "rota.pdf"):
        address = f"/api/v1/sites/{team.site.id}/{path}?from={yesterday}&to={today}"
        refused = await client.get(address)
        assert (refused.status_code, codes(refused)[-1]) == (422, "sites.days-out-of-reach")
    assert [each["day"] for each in (await day(client, team, today))["shifts"]] == [str(today)]


async def test_a_token_of_another_site_knows_nothing_of_it(team: Team, client: AsyncClient) -> None:
    shift = await team.shift(team.claire, DAY)
    other = await make.site()
    await use_token(client, "settings", site_id=other.id)
    answer = await client.get(f"/api/v1/sites/{team.site.id}/rota?from={DAY}&to={DAY}")
    assert answer.status_code == 404
    assert await end(client, f"/shifts/{shift.id}", day=str(DAY)) == 404
    answer = await call(
        client, "/absences", person=str(team.claire.id), first_day=str(DAY), last_day=str(DAY)
    )
    assert (answer.status_code, codes(answer)) == (403, ["sites.not-yours"])


async def test_competences_and_skills_are_seen_to(team: Team, client: AsyncClient) -> None:
    made = await call(client, "/competences", names={"fr": "Atelier"})
    path = made.headers["location"]
    headers = {"Idempotency-Key": str(new_id()), "If-Match": made.headers["etag"]}
    body = {"names": {"fr": "Atelier", "en": "Workshop"}}
    assert (await client.put(path, json=body, headers=headers)).status_code == 200
    assert (await client.get(path)).json()["names"] == body["names"]
    skills = [
        {"language": "pt", "competence": None, "shown": True},
        {"language": "", "competence": made.json()["id"], "shown": False},
    ]
    users = f"/users/{team.claire.id}/skills"
    assert (await call(client, users, skills=skills)).status_code == 200
    kept = (await client.get(f"/api/v1{users}")).json()["skills"]
    assert sorted(kept, key=str) == sorted(skills, key=str)
    public = await client.get(f"/api/v1/sites/{team.site.id}/public-skills")
    assert public.json() == {"languages": ["pt"], "competences": []}
    assert await end(client, path.removeprefix("/api/v1")) == 204
    stranger = await make.user(role=Role.RECEPTION, site_id=(await make.site()).id)
    await use_token(client, "settings", site_id=team.site.id)
    assert (await client.get(f"/api/v1/users/{stranger.id}/skills")).status_code == 404
