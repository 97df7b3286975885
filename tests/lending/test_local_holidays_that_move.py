"""A local holiday that a site takes moves what is due then; given up, it brings that back."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.lending.closures import announcements
from comptoir.sites import queries
from comptoir.sites.errors import PreviewOutdated
from comptoir.sites.exceptions.previews import Preview
from comptoir.sites.local_holidays import (
    KeepHolidays,
    keep_local_holidays,
    preview_local_holidays,
)
from comptoir.sites.public_holidays import local_days
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.lending.api_desk import program
from tests.lending.closing import Closing, at, due_of
from tests.lending.counter import Desk

#: A Tuesday on which the Catholic communes of Fribourg rest.
IMMACULATE = date(2026, 12, 8)
DAY_AFTER = at(date(2026, 12, 9))
CODE = "immaculate-conception"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def fribourg(desk: Desk) -> None:
    await Site.update({Site.region: "FR"}).where(Site.id == desk.site.id)


async def look(closure: Closing, kept: Collection[str]) -> Preview:
    return await preview_local_holidays(closure.actor, closure.site, kept, now=closure.now)


async def keep(closure: Closing, *kept: str, seen: str = "") -> None:
    version = (await queries.site(closure.site)).version
    command = KeepHolidays(kept, seen)
    await keep_local_holidays(
        closure.actor, closure.site, command, version=version, now=closure.now
    )


async def test_a_look_says_what_it_moves_and_does_nothing(closure: Closing) -> None:
    loan = await closure.loan(at(IMMACULATE))
    person = await make.user(role=Role.RECEPTION, site_id=closure.site)
    await make.shift(site_id=closure.site, user_id=person.id, day=IMMACULATE)
    found = {each.kind: each.count for each in (await look(closure, [CODE])).consequences}
    assert found == {"due-dates": 1, "shifts": 1}
    assert await due_of(loan) == at(IMMACULATE)
    assert (await look(closure, ["saint-stephen-s-day"])).consequences == ()


async def test_what_was_due_on_it_moves_and_comes_back(closure: Closing) -> None:
    loan = await closure.loan(at(IMMACULATE))
    await keep(closure, CODE, seen=(await look(closure, [CODE])).seen)
    assert await due_of(loan) == DAY_AFTER
    [listed] = await announcements.announced_at(closure.site, since=closure.now)
    assert listed.cause == "holidays"
    await keep(closure)
    assert await due_of(loan) == at(IMMACULATE)


async def test_what_was_looked_at_is_what_happens(closure: Closing) -> None:
    seen = (await look(closure, [CODE])).seen
    loan = await closure.loan(at(IMMACULATE))
    with pytest.raises(PreviewOutdated):
        await keep(closure, CODE, seen=seen)
    assert await due_of(loan) == at(IMMACULATE)
    assert (await queries.site(closure.site)).local_holidays == ()


@pytest.fixture
async def to_come(desk: Desk) -> tuple[UUID, datetime]:
    """A loan that is due on the next Corpus Christi, and when."""
    now = clock.now()
    await Site.update({Site.opening_hours: "Mo-Su 09:00-17:00"}).where(Site.id == desk.site.id)
    holiday = next(day for day in local_days("Corpus Christi") if day > now.date() + DAY)
    due = at(holiday, 16)  # in summer 17:00
    loan = await make.loan(item=desk.item, borrower_id=desk.borrower.id, now=now, due_at=due)
    return UUID(str(loan.id)), due


async def test_a_page_shows_what_moves_before_it_is_saved(
    desk: Desk, to_come: tuple[UUID, datetime]
) -> None:
    loan, due = to_come
    path = f"/settings/sites/{desk.site.id}/holidays"
    fields = {"version": "1", "kept": "corpus-christi"}
    async with client_of() as client:
        user = await make.user(role=Role.COORDINATOR, site_id=desk.site.id, language="en")
        await sign_in(client, user, site_id=desk.site.id)
        page = (await client.post(path, data=fields)).text
        assert "Corpus Christi: closed every year" in page
        assert await due_of(loan) == due
        outdated = await client.post(path, data=fields | {"seen": "of another day"})
        assert "Not saved yet" in outdated.text
        [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
        answer = await client.post(path, data=fields | {"seen": seen})
    assert answer.status_code == 303
    assert await due_of(loan) == due + DAY


async def test_a_program_looks_and_keeps(desk: Desk, to_come: tuple[UUID, datetime]) -> None:
    loan, due = to_come
    path = f"/api/v1/sites/{desk.site.id}/local-holidays"
    async with program("settings") as client:
        offered = (await client.get(path)).json()["items"]
        assert "corpus-christi" in {each["code"] for each in offered if not each["kept"]}
        wanted = {"kept": ["corpus-christi"]}
        found = (await client.post(f"{path}/preview", json=wanted)).json()
        assert found["loans"] == 1
        wanted["seen"] = found["seen"]
        answer = await client.put(path, json=wanted, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["local_holidays"]) == (200, ["corpus-christi"])
    assert await due_of(loan) == due + DAY
