"""What a closure would do, over the API: looked at, announced, told, taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import codes
from tests.lending.api_desk import program
from tests.lending.counter import Desk

#: The Wednesday of the week after next.
DAY = clock.now().date() + timedelta(days=16 - clock.now().date().weekday())


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[AsyncClient]:
    async with program("settings", "borrowers") as client:
        yield client


@pytest.fixture
async def loan(desk: Desk) -> Any:
    noon = datetime.combine(DAY, datetime.min.time(), clock.now().tzinfo) + timedelta(hours=12)
    return await make.loan(
        item=desk.item, borrower_id=desk.borrower.id, now=clock.now(), due_at=noon
    )


def closing(desk: Desk, **values: Any) -> dict[str, Any]:
    day = DAY.isoformat()
    sites = [str(desk.site.id)]
    return {"sites": sites, "first_day": day, "last_day": day, "kind": "closed", **values}


async def test_a_program_looks_announces_tells_and_takes_back(
    client: AsyncClient, desk: Desk, loan: Any
) -> None:
    preview = (await client.post("/api/v1/exceptions/preview", json=closing(desk))).json()
    assert (preview["loans"], preview["people"], preview["unreachable"]) == (1, 1, {"none": 1})
    assert preview["not_reached"] == [
        {"borrower_id": str(desk.borrower.id), "contact_kind": "none"}
    ]
    [moving] = preview["moving"]
    assert (moving["id"], moving["borrower_id"]) == (str(loan.id), str(desk.borrower.id))
    assert moving["moved_to"][:10] == (DAY + timedelta(days=1)).isoformat()

    answer = await client.post("/api/v1/exceptions", json=closing(desk, seen=preview["seen"]))
    assert answer.status_code == 201
    announced = answer.json()
    [line] = (await client.get("/api/v1/announcements")).json()["items"]
    assert (line["id"], line["people"], line["loans"]) == (announced["id"], 1, 1)
    path = f"/api/v1/announcements/{announced['id']}/people"
    [person] = (await client.get(path)).json()["items"]
    assert person["name"] == "Amina Diallo"
    assert [each["due_at"] for each in person["loans"]] == [moving["moved_to"]]

    gone = await client.delete(f"/api/v1/exceptions/{announced['ids'][0]}")
    assert gone.status_code == 204
    [person] = (await client.get(path)).json()["items"]
    assert [each["undone"] for each in person["loans"]] == [True]


async def test_a_program_reads_what_stays_on_a_shut_day(client: AsyncClient, desk: Desk) -> None:
    noon = datetime.combine(DAY, datetime.min.time(), clock.now().tzinfo) + timedelta(hours=12)
    policy = await make.policy(category_id=(await make.category()).id, mode="calendar_days")
    stays = await make.loan(
        item=desk.item,
        borrower_id=desk.borrower.id,
        now=clock.now(),
        due_at=noon,
        policy=policy.id,
    )
    preview = (await client.post("/api/v1/exceptions/preview", json=closing(desk))).json()
    assert (preview["loans"], preview["kept"], preview["moving"]) == (0, 1, [])
    [staying] = preview["staying"]
    assert (staying["id"], staying["site"]) == (str(stays.id), str(desk.site.id))


async def test_what_was_seen_of_something_else_announces_nothing(
    client: AsyncClient, desk: Desk, loan: Any
) -> None:
    answer = await client.post("/api/v1/exceptions", json=closing(desk, seen="0" * 64))
    assert (answer.status_code, codes(answer)) == (412, ["sites.preview-outdated"])
    listed = await client.get(f"/api/v1/sites/{desk.site.id}/exceptions")
    assert listed.json()["items"] == []


async def test_the_preview_says_which_shifts_are_planned_then(
    client: AsyncClient, desk: Desk
) -> None:
    person = await make.user(role=Role.RECEPTION, site_id=desk.site.id)
    await make.shift(site_id=desk.site.id, user_id=person.id, day=DAY)
    preview = (await client.post("/api/v1/exceptions/preview", json=closing(desk))).json()
    assert [(each["kind"], each["count"]) for each in preview["consequences"]] == [("shifts", 1)]


async def test_people_of_an_unknown_announcement_are_not_found(
    client: AsyncClient, desk: Desk
) -> None:
    answer = await client.get(f"/api/v1/announcements/{desk.site.id}/people")
    assert (answer.status_code, codes(answer)) == (404, ["lending.moves-not-found"])


async def test_a_program_says_who_was_told_and_takes_it_back(
    client: AsyncClient, desk: Desk, loan: Any
) -> None:
    announced = (await client.post("/api/v1/exceptions", json=closing(desk))).json()
    people = f"/api/v1/announcements/{announced['id']}/people"
    path = f"{people}/{desk.borrower.id}/telling"
    told = await client.post(path)
    assert (told.status_code, told.json()["to_tell"]) == (200, False)
    assert told.json()["told_at"] == told.json()["loans"][0]["told_at"] is not None
    [line] = (await client.get("/api/v1/announcements")).json()["items"]
    assert (line["told"], line["to_tell"]) == (1, 0)
    assert (await client.delete(path)).status_code == 204
    [back] = (await client.get(people)).json()["items"]
    assert (back["to_tell"], back["told_at"]) == (True, None)


async def test_somebody_whose_loans_did_not_move_is_not_told(
    client: AsyncClient, desk: Desk, loan: Any
) -> None:
    announced = (await client.post("/api/v1/exceptions", json=closing(desk))).json()
    other = await make.borrower(site_id=desk.site.id)
    answer = await client.post(f"/api/v1/announcements/{announced['id']}/people/{other.id}/telling")
    assert (answer.status_code, codes(answer)) == (404, ["lending.moves-not-found"])


async def test_program_looks_at_other_hours_sets_them_and_changes_them_back(
    client: AsyncClient, desk: Desk, loan: Any
) -> None:
    path = f"/api/v1/sites/{desk.site.id}/hours"
    closed = {"opening_hours": "Mo-Tu,Th-Fr 09:00-17:00"}
    preview = (await client.post(f"{path}/preview", json=closed)).json()
    assert (preview["loans"], preview["people"]) == (1, 1)
    [moving] = preview["moving"]
    assert moving["moved_to"][:10] == (DAY + timedelta(days=1)).isoformat()

    outdated = {**closed, "seen": "0" * 64}
    answer = await client.put(path, json=outdated, headers={"If-Match": '"1"'})
    assert (answer.status_code, codes(answer)) == (412, ["sites.preview-outdated"])
    told = {**closed, "seen": preview["seen"]}
    answer = await client.put(path, json=told, headers={"If-Match": '"1"'})
    assert answer.status_code == 200
    [line] = (await client.get("/api/v1/announcements")).json()["items"]
    assert (line["cause"], line["loans"], line["withdrawn"]) == ("weekly-hours", 1, 0)

    back = {"opening_hours": "Mo-Fr 09:00-17:00"}
    answer = await client.put(path, json=back, headers={"If-Match": '"2"'})
    assert answer.status_code == 200
    [line] = (await client.get("/api/v1/announcements")).json()["items"]
    assert (line["withdrawn"], line["restored"]) == (1, 1)
