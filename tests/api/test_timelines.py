"""Timelines by a call: what the pages tell, page after page, and nobody of the staff."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.accounts.identity import SCOPES
from comptoir.core.principal import Role
from comptoir.inventory.services import actions
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn, CheckOut
from tests import factories as make
from tests.http_client import sign_in, use_token
from tests.lending.counter import Desk


async def lend_and_take_back(desk: Desk) -> list[str]:
    """Something of everything; the paths of what it concerns."""
    now = clock.now() - timedelta(hours=1)
    code = desk.item.code
    loan = await check_out(desk.actor, CheckOut(item=code, borrower_id=desk.borrower.id), now=now)
    await renew_loan(desk.actor, loan.id, now=now)
    await check_in(desk.actor, CheckIn(item=code), now=now)
    await actions.set_aside(desk.actor, code, now=now)
    return [f"items/{code}", f"loans/{loan.id}", f"borrowers/{desk.borrower.id}"]


async def events(client: AsyncClient, path: str, limit: int = 50) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    following: str | None = f"/api/v1/{path}/timeline?limit={limit}"
    while following:
        answer = await client.get(following)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        following = answer.json()["next"]
    return found


async def test_a_program_reads_the_sentences_of_the_pages(desk: Desk, client: AsyncClient) -> None:
    paths = await lend_and_take_back(desk)
    await use_token(client, "read")
    told = {path: await events(client, path) for path in paths}
    client.headers.pop("Authorization")
    await sign_in(client, await make.user(role=Role.ADMIN), site_id=desk.site.id)
    for path, found in told.items():
        page = unescape((await client.get(f"/{path}")).text)
        timeline = re.sub(r"\s+", " ", page[page.index('<ol class="timeline">') :])
        places = [timeline.index(event["text"]) for event in found]
        assert len(places) >= 3, path
        assert places == sorted(places), "the latest first"
        assert timeline.count("<li>") == len(found)


async def test_an_event_says_what_it_was_as_values(desk: Desk, client: AsyncClient) -> None:
    item, loan, _ = await lend_and_take_back(desk)
    await use_token(client, "read")
    aside, closed, renewed, opened, *_ = await events(client, item)
    assert [each["action"] for each in (aside, closed, renewed, opened)] == [
        "item.set_aside",
        "loan.closed",
        "loan.renewed",
        "loan.opened",
    ]
    assert {"field": "status", "before": "available", "after": "to_check"} in aside["changes"]
    assert {"field": "item", "before": None, "after": desk.item.code} in opened["changes"]
    assert (opened["subject_type"], f"loans/{opened['subject_id']}") == ("loan", loan)
    before, after = [
        next(change for change in each["changes"] if change["field"] == "due_at")
        for each in (opened, renewed)
    ]
    assert before["after"] == after["before"] < after["after"]


async def test_a_walk_gives_each_event_once(desk: Desk, client: AsyncClient) -> None:
    paths = await lend_and_take_back(desk)
    await use_token(client, "read")
    for path in paths:
        whole = await events(client, path)
        assert await events(client, path, limit=1) == whole == await events(client, path, limit=2)


async def test_no_event_names_or_counts_the_staff(desk: Desk, client: AsyncClient) -> None:
    paths = await lend_and_take_back(desk)
    await use_token(client, "read")
    for path in paths:
        text = (await client.get(f"/api/v1/{path}/timeline")).text
        assert str(desk.actor.id) not in text
        assert desk.actor.name not in text
        assert "actor" not in text


async def test_of_what_is_personal_only_the_field_is_told(desk: Desk, client: AsyncClient) -> None:
    await use_token(client, *SCOPES)
    item = f"/api/v1/items/{desk.item.code}"
    made = (await client.get(item)).headers["etag"]
    body = {"model": str(desk.model.id), "home_site": str(desk.site.id), "notes": "Of Amina"}
    assert (await client.put(item, json=body, headers={"If-Match": made})).status_code == 200
    borrower = f"/api/v1/borrowers/{desk.borrower.id}"
    tag = (await client.get(borrower)).headers["etag"]
    renamed = {"name": "Binta Sow", "language": "fr"}
    await client.put(borrower, json=renamed, headers={"If-Match": tag})
    for path, field in ((item, "notes"), (borrower, "name")):
        answer = await client.get(f"{path}/timeline")
        assert {"field": field, "before": None, "after": None} in [
            change for event in answer.json()["items"] for change in event["changes"]
        ]
        assert "Amina" not in answer.text
        assert "Binta" not in answer.text


async def test_what_was_done_elsewhere_is_not_told(desk: Desk, client: AsyncClient) -> None:
    elsewhere = await Desk().set_up()
    now = clock.now()
    for each in (desk, elsewhere):
        command = CheckOut(item=each.item.code, borrower_id=desk.borrower.id)
        await check_out(each.actor, command, now=now)
    await use_token(client, "read")
    path = f"borrowers/{desk.borrower.id}"
    assert [each["action"] for each in await events(client, path)].count("loan.opened") == 2
    await use_token(client, "read", site_id=desk.site.id)
    [known] = [each for each in await events(client, path) if each["action"] == "loan.opened"]
    assert {"field": "item", "before": None, "after": desk.item.code} in known["changes"]
    hidden = await client.get(f"/api/v1/items/{elsewhere.item.code}/timeline")
    assert hidden.status_code == 404
