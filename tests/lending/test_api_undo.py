"""What was said of an item is taken back by a call, for a minute."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.ids import new_id
from comptoir.inventory.schemas import ReportProblem
from comptoir.inventory.services.actions import mark_found, mark_lost
from comptoir.inventory.services.problems import report_problem
from comptoir.inventory.statuses import ProblemKind
from comptoir.lending.desk.reports import last_report
from comptoir.lending.desk.setting_aside import set_aside
from tests import factories as make
from tests.http_client import codes
from tests.lending.api_desk import program
from tests.lending.counter import Desk, status_of

LONG_AGO = timedelta(minutes=2)


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[AsyncClient]:
    async with program("desk", site_id=desk.site.id) as client:
        yield client


def path(desk: Desk, rest: str) -> str:
    return f"/api/v1/items/{desk.item.code}/{rest}"


def refused(answer: Response) -> tuple[int, str]:
    return answer.status_code, codes(answer)[0]


async def test_a_report_is_undone_by_the_id_that_it_was_given(
    desk: Desk, client: AsyncClient
) -> None:
    reported = await client.post(path(desk, "problems"), json={"kind": "damaged"})
    [problem] = reported.json()["problems"]
    assert reported.json()["status"] == "to_check"
    undo = path(desk, f"problems/{problem['id']}/undo-report")
    undone = await client.post(undo)
    assert (undone.status_code, undone.json()["status"]) == (200, "available")
    assert undone.json()["problems"] == []
    assert refused(await client.post(undo)) == (409, "lending.undo-overtaken")


async def test_a_loan_that_a_report_had_undone_is_open_again(
    desk: Desk, client: AsyncClient
) -> None:
    now = clock.now()
    await desk.lend(now)
    await set_aside(desk.actor, desk.item.code, kind=ProblemKind.DAMAGED, now=now)
    problem = await last_report(desk.item.code)
    undone = await client.post(path(desk, f"problems/{problem}/undo-report"))
    assert undone.json()["status"] == "on_loan"


async def test_a_report_of_two_minutes_ago_stands(desk: Desk, client: AsyncClient) -> None:
    command = ReportProblem(kind=ProblemKind.DAMAGED)
    code, now = desk.item.code, clock.now()
    problem = await report_problem(desk.actor, code, command, now=now - LONG_AGO)
    answer = await client.post(path(desk, f"problems/{problem}/undo-report"))
    assert refused(answer) == (409, "lending.undo-too-late")
    assert await status_of(desk.item) == "to_check"


async def test_a_report_is_undone_at_its_own_item_alone(desk: Desk, client: AsyncClient) -> None:
    command = ReportProblem(kind=ProblemKind.DAMAGED)
    other = await desk.add_item()
    problem = await report_problem(desk.actor, other.code, command, now=clock.now())
    for wrong in (problem, new_id()):
        answer = await client.post(path(desk, f"problems/{wrong}/undo-report"))
        assert refused(answer) == (404, "inventory.problem-not-found")
    assert await status_of(other) == "to_check"


async def test_a_find_is_undone(desk: Desk, client: AsyncClient) -> None:
    await mark_lost(desk.actor, desk.item.code, now=clock.now() - timedelta(days=3))
    found = await client.post(path(desk, "finds"), json={})
    assert found.json()["status"] == "to_check"
    undone = await client.post(path(desk, "undo-find"))
    assert (undone.status_code, undone.json()["status"]) == (200, "lost")
    assert refused(await client.post(path(desk, "undo-find"))) == (409, "lending.undo-overtaken")


async def test_a_find_of_two_minutes_ago_stands(desk: Desk, client: AsyncClient) -> None:
    now = clock.now()
    await mark_lost(desk.actor, desk.item.code, now=now - timedelta(days=3))
    await mark_found(desk.actor, desk.item.code, site_id=desk.site.id, now=now - LONG_AGO)
    answer = await client.post(path(desk, "undo-find"))
    assert refused(answer) == (409, "lending.undo-too-late")
    assert await status_of(desk.item) == "to_check"


async def test_what_was_lost_on_loan_is_lost_again_with_its_loan(
    desk: Desk, client: AsyncClient
) -> None:
    loan = await desk.lend(clock.now() - timedelta(days=3))
    await mark_lost(desk.actor, desk.item.code, now=clock.now() - timedelta(days=1))
    await client.post(path(desk, "finds"), json={})
    undone = await client.post(path(desk, "undo-find"))
    assert undone.json()["status"] == "lost"
    read = await client.get(f"/api/v1/loans/{loan.id}")
    assert read.json()["returned_at"] is None


async def test_nothing_of_another_site_is_undone(desk: Desk, client: AsyncClient) -> None:
    command = ReportProblem(kind=ProblemKind.DAMAGED)
    problem = await report_problem(desk.actor, desk.item.code, command, now=clock.now())
    async with program("desk", site_id=(await make.site()).id) as stranger:
        for rest in (f"problems/{problem}/undo-report", "undo-find"):
            answer = await stranger.post(path(desk, rest))
            assert refused(answer) == (404, "inventory.item-not-found")
