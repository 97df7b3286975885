"""An opening taken back takes hours away: what that moves is looked at first."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from comptoir.sites.opening_hours import Times
from comptoir.sites.tables import HoursException
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.lending.api_desk import program
from tests.lending.closing import due_of
from tests.lending.counter import Desk

#: The Sunday of the week after next, at which the door of the desk is shut otherwise.
SUNDAY = clock.now().date() + timedelta(days=13 - clock.now().date().weekday())
NOON = datetime.combine(SUNDAY, time(10), UTC)


@pytest.fixture
async def loan(desk: Desk) -> UUID:
    made = await make.loan(
        item=desk.item, borrower_id=desk.borrower.id, now=clock.now(), due_at=NOON
    )
    return UUID(str(made.id))


@pytest.fixture
async def opening(desk: Desk) -> UUID:
    """That Sunday is open from nine to half past one."""
    actor = await make.principal(Role.COORDINATOR, desk.site.id)
    hours = (Times(9 * 60, 13 * 60 + 30),)
    command = AnnounceException((desk.site.id,), SUNDAY, SUNDAY, ExceptionKind.OPEN, hours)
    return (await announce_exception(actor, command, now=clock.now())).ids[0]


@pytest.fixture
async def coordinator(desk: Desk) -> AsyncIterator[AsyncClient]:
    """The browser of a coordinator of the desk."""
    async with client_of() as client:
        user = await make.user(role=Role.COORDINATOR, site_id=desk.site.id, language="en")
        await sign_in(client, user, site_id=desk.site.id)
        yield client


async def look(client: AsyncClient, opening: UUID) -> Any:
    path = f"/api/v1/exceptions/{opening}/withdrawal/preview"
    answer = await client.post(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_program_sees_what_taking_an_opening_back_moves(
    desk: Desk, loan: UUID, opening: UUID
) -> None:
    async with program("settings", "borrowers") as client:
        preview = await look(client, opening)
        [moving] = preview["moving"]
        assert moving["id"] == str(loan)
        assert await due_of(loan) == NOON
        other = await desk.add_item()
        await make.loan(item=other, borrower_id=desk.borrower.id, now=clock.now(), due_at=NOON)
        path, seen = f"/api/v1/exceptions/{opening}", preview["seen"]
        outdated = await client.delete(path, params={"seen": seen})
        assert outdated.json()["code"] == "sites.preview-outdated"
        seen = (await look(client, opening))["seen"]
        assert (await client.delete(path, params={"seen": seen})).status_code == 204
        assert await due_of(loan) == datetime.fromisoformat(moving["moved_to"])
        [line] = (await client.get("/api/v1/announcements")).json()["items"]
        assert (line["loans"], line["to_tell"]) == (2, 1)


async def test_the_page_shows_what_moves_before_an_opening_is_withdrawn(
    coordinator: AsyncClient, loan: UUID, opening: UUID
) -> None:
    path = f"/settings/exceptions/{opening}/withdraw"
    shown = await coordinator.post(path)
    assert shown.status_code == 200
    assert "1 loan moves" in shown.text
    assert await HoursException.count() == 1
    outdated = await coordinator.post(path, data={"seen": "of another day"})
    assert "Not withdrawn yet" in outdated.text
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', shown.text)
    assert (await coordinator.post(path, data={"seen": seen})).status_code == 303
    assert await HoursException.count() == 0
    assert (await due_of(loan)).date() == SUNDAY + timedelta(days=1)
