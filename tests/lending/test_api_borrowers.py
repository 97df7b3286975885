"""Borrowers over the API: the same thing has the same name in each answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from comptoir.core import clock
from comptoir.lending.tables import Borrower
from tests import factories as make
from tests.lending.api_desk import program


@pytest.mark.parametrize(
    ("ends", "suspended"),
    [(None, True), (timedelta(days=1), True), (timedelta(days=-1), False)],
)
async def test_a_list_a_search_and_a_reading_agree_on_who_is_suspended(
    database: Any, ends: timedelta | None, suspended: bool
) -> None:
    site = await make.site()
    person = await make.borrower(site_id=site.id, name="Amina Diallo")
    now = clock.now()
    until = None if ends is None else now + ends
    since: dict[Any, Any] = {
        Borrower.suspended_at: now - timedelta(days=9),
        Borrower.suspended_until: until,
    }
    await Borrower.update(since).where(Borrower.id == person.id)
    async with program("read") as client:
        [listed] = (await client.get("/api/v1/borrowers")).json()["items"]
        found = await client.post("/api/v1/borrowers/searches", json={"text": "amina"})
        read = (await client.get(f"/api/v1/borrowers/{person.id}")).json()
    [match] = found.json()["items"]
    assert [each["suspended"] for each in (listed, match, read)] == [suspended] * 3
    for name in listed.keys() & match.keys() & read.keys():
        assert listed[name] == match[name] == read[name], name


async def test_who_is_invited_can_be_read_where_the_answer_says(database: Any) -> None:
    body = {"login": "b.sow", "name": "Binta Sow", "role": "reception"}
    async with program("settings", "desk") as client:
        made = await client.post("/api/v1/users", json=body)
        read = await client.get(made.headers["location"])
    assert (read.status_code, read.json()["login"]) == (200, "b.sow")
