"""Shifts of closed days: listed, taken off by one button, and offered back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.errors import SitesForbidden
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.previews import preview_exception
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception, withdraw_exception
from comptoir.sites.rota import clearing
from comptoir.sites.rota.errors import DayNotClosed
from comptoir.sites.rota.tables import Absence, Shift, ShiftOffer
from comptoir.sites.rota.week import rota
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, sign_in, use_token
from tests.sites.rota.asking import DAY, WEEK, at_work
from tests.sites.rota.world import TUESDAY, Team

TO_COME = clock.now().date() + timedelta(days=21 + (2 - clock.now().date().weekday()) % 7)


@pytest.fixture
async def client(team: Team) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        await sign_in(client, team.sophie, site_id=team.site.id)
        yield client


def closing(team: Team, day: date = TUESDAY, **values: Any) -> AnnounceException:
    return AnnounceException((team.site.id,), day, day, ExceptionKind.CLOSED, **values)


async def close(team: Team, now: datetime, **values: Any) -> UUID:
    made = await announce_exception(team.coordinator, closing(team, **values), now=now)
    return made.ids[0]


async def left_out(team: Team, day: date = TUESDAY) -> list[UUID]:
    [found] = (await rota(team.coordinator, team.site.id, day, day)).days
    return [each.person for each in found.left_out]


async def test_a_closed_day_is_cleared_and_the_weeks_after_stay(team: Team, now: datetime) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    await team.shift(team.luca)
    await ShiftOffer(
        site=team.site.id,
        shift=weekly.id,
        day=TUESDAY,
        starts=540,
        ends=1020,
        user=team.claire.id,
        offered_at=now,
    ).save()
    await close(team, now)
    assert len(await at_work(team, TUESDAY)) == 2
    assert await clearing.clear_day(team.coordinator, team.site.id, TUESDAY, now=now) == 2
    assert await at_work(team, TUESDAY) == []
    assert await at_work(team, TUESDAY + WEEK) == [team.claire.id]
    assert await ShiftOffer.count() == 0
    assert await AuditEvent.count().where(AuditEvent.action == "rota.shift_removed") == 2
    assert await left_out(team) == [], "not while it is closed"


async def test_once_the_closure_is_withdrawn_they_are_put_back(team: Team, now: datetime) -> None:
    await team.shift(team.claire, last_day=None)
    single = await team.shift(team.luca)
    closure = await close(team, now, take_shifts_off=True)
    assert await at_work(team, TUESDAY) == []
    await withdraw_exception(team.coordinator, closure, now=now)
    with use_language("en"):
        assert "2 shifts were taken off the rota" in await consequences.outcome(closure)
    assert await at_work(team, TUESDAY) == [], "only when somebody says so"
    assert set(await left_out(team)) == {team.claire.id, team.luca.id}
    assert await clearing.put_back(team.coordinator, team.site.id, TUESDAY, now=now) == 2
    assert set(await at_work(team, TUESDAY)) == {team.claire.id, team.luca.id}
    assert await left_out(team) == []
    assert await Shift.exists().where(Shift.id == single.id)


async def test_whoever_takes_a_closure_back_has_its_shifts_back(
    team: Team, client: AsyncClient
) -> None:
    now = clock.now()
    day = clock.localtime(now, team.site.time_zone).date() + DAY
    while day.weekday() > 4:
        day += DAY
    await team.shift(team.claire, day)
    for path in ("page", "call"):
        command = closing(team, day, take_shifts_off=True)
        [closure] = (await announce_exception(team.coordinator, command, now=now)).ids
        assert await at_work(team, day) == []
        if path == "page":
            await client.post(f"/settings/exceptions/{closure}/withdraw")
            told = (await client.get(f"/settings/sites/{team.site.id}/days")).text
            assert "1 shift is back on the rota." in told
            assert "offers it back" not in told
        else:
            await use_token(client, "settings")
            headers = {"Idempotency-Key": str(closure)}
            await client.delete(f"/api/v1/exceptions/{closure}", headers=headers)
        assert await at_work(team, day) == [team.claire.id]


async def test_who_is_at_work_or_away_by_then_stays_off(team: Team, now: datetime) -> None:
    for person in (team.claire, team.luca, team.sophie):
        await team.shift(person)
    closure = await close(team, now, take_shifts_off=True)
    await withdraw_exception(team.coordinator, closure, now=now)
    other = await make.site()
    await make.work_at(team.claire, Role.RECEPTION, other.id)
    await team.shift(team.claire, site=other.id, starts=600, ends=700)
    await Absence(user=team.luca.id, first_day=TUESDAY, last_day=TUESDAY).save()
    assert await clearing.put_back(team.coordinator, team.site.id, TUESDAY, now=now) == 1
    assert await at_work(team, TUESDAY) == [team.sophie.id]


async def test_without_a_closure_they_are_gone_for_good(team: Team, now: datetime) -> None:
    sunday = TUESDAY + 5 * DAY
    await team.shift(team.luca, sunday)
    assert await clearing.clear_day(team.coordinator, team.site.id, sunday, now=now) == 1
    assert await Shift.count() == 0


async def test_an_open_day_and_one_that_is_over_are_not_cleared(team: Team, now: datetime) -> None:
    await team.shift(team.luca)
    with pytest.raises(DayNotClosed):
        await clearing.clear_day(team.coordinator, team.site.id, TUESDAY, now=now)
    with pytest.raises(DayNotClosed):
        await clearing.clear_day(team.coordinator, team.site.id, TUESDAY - 2 * DAY, now=now)
    for never in (date.min, date.max):
        with pytest.raises(DayNotClosed):
            await clearing.clear_day(team.coordinator, team.site.id, never, now=now)
    for act in (clearing.clear_day, clearing.put_back):
        with pytest.raises(SitesForbidden):
            await act(team.reception, team.site.id, TUESDAY, now=now)
    assert await Shift.count() == 1


async def test_whether_they_go_is_said_after_the_look(team: Team, now: datetime) -> None:
    await team.shift(team.luca)
    seen = (await preview_exception(team.coordinator, closing(team), now=now)).seen
    await close(team, now, seen=seen, take_shifts_off=True)
    assert await at_work(team, TUESDAY) == []


async def test_the_preview_names_them_and_takes_them_off_if_ticked(
    team: Team, client: AsyncClient
) -> None:
    await team.shift(team.luca, TO_COME)
    entered = {"sites": str(team.site.id), "first_day": str(TO_COME), "kind": "closed"}
    page = (await client.post("/settings/exceptions/new", data=entered)).text
    assert "Luca Bernasconi, 09:00–17:00" in page
    assert 'name="take_shifts_off" value="yes" checked' in page
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    ticked = {"seen": seen, "step": "announce", "take_shifts_off": "yes"}
    await client.post("/settings/exceptions/new", data=entered | ticked)
    assert await at_work(team, TO_COME) == []


async def test_the_rota_lists_them_with_the_buttons(team: Team, client: AsyncClient) -> None:
    await team.shift(team.luca, TO_COME)
    await team.need(people=1)
    closure = await close(team, clock.now(), day=TO_COME)
    fields = {"site": str(team.site.id), "day": str(TO_COME)}
    page = (await client.get(f"/rota?day={TO_COME}")).text
    assert "closed, and 1 shift stands on the rota." in page
    assert "Take it off the rota<" in page
    assert "<li>Luca Bernasconi, 09:00–17:00</li>" in page
    await client.post("/rota/closed-days/clear", data=fields)
    assert "Luca Bernasconi, 09:00" not in (await client.get(f"/rota?day={TO_COME}")).text
    await withdraw_exception(team.coordinator, closure, now=clock.now())
    page = (await client.get(f"/rota?day={TO_COME}")).text
    assert page.index("Put it back") < page.index("First put back what was taken off")
    await client.post("/rota/closed-days/restore", data=fields)
    assert await at_work(team, TO_COME) == [team.luca.id]


async def test_a_program_clears_and_restores(team: Team) -> None:
    await team.shift(team.luca, TO_COME)
    closure = await close(team, clock.now(), day=TO_COME)
    path = f"/api/v1/sites/{team.site.id}/rota/closed-days"
    async with client_of() as client:
        await use_token(client, "settings")
        body = {"day": str(TO_COME)}
        assert (await client.post(f"{path}/clear", json=body)).json() == {"count": 1}
        assert (await client.post(f"{path}/clear", json=body)).json() == {"count": 0}
        await withdraw_exception(team.coordinator, closure, now=clock.now())
        assert (await client.post(f"{path}/restore", json=body)).json() == {"count": 1}
        refused = await client.post(f"{path}/clear", json=body)
    assert refused.json()["code"] == "sites.day-not-closed"
    assert await Site.count() == 1
