"""The list to call as a page, with htmx and without, and what the desk reminds one to say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.lending.tables import Borrower, DueDateMove
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from tests import factories as make
from tests.lending.reception import Reception

#: The Wednesday of the week after next, at noon.
DAY = clock.now().date() + timedelta(days=16 - clock.now().date().weekday())
NOON = datetime.combine(DAY, datetime.min.time(), clock.now().tzinfo) + timedelta(hours=12)


@pytest.fixture
async def announced(reception: Reception) -> UUID:
    """A closure that moved what the borrower of the reception has."""
    return await announce(reception)


async def announce(reception: Reception) -> UUID:
    await make.loan(
        item=reception.item,
        borrower_id=reception.borrower.id,
        now=clock.now() - timedelta(days=1),
        due_at=NOON,
    )
    actor = await make.principal(Role.COORDINATOR, reception.site.id)
    command = AnnounceException(
        (reception.site.id,), DAY, DAY, ExceptionKind.CLOSED, reason="The boiler broke"
    )
    return (await announce_exception(actor, command, now=clock.now())).id


async def told_at() -> Any:
    [row] = await DueDateMove.select(DueDateMove.told_at)
    return row["told_at"]


async def test_an_address_in_the_list_to_call_is_a_link(
    reception: Reception, announced: UUID
) -> None:
    await Borrower.update(
        {Borrower.contact_kind: "email", Borrower.email: "amina@quai.example"}
    ).where(Borrower.id == reception.borrower.id)
    page = await reception.client.get(f"/loans/moved/{announced}")
    assert 'href="mailto:amina@quai.example"' in page.text


async def test_a_date_that_came_nearer_is_told_as_such(reception: Reception) -> None:
    await Borrower.update({Borrower.eligible_until: DAY}).where(
        Borrower.id == reception.borrower.id
    )
    path = f"/loans/moved/{await announce(reception)}"
    assert "earlier than before" in (await reception.client.get(path)).text
    visit = await reception.post("/desk/scan", scan=reception.card.code)
    assert "That is earlier than before." in visit.text


async def test_a_date_that_went_on_is_not_told_as_earlier(
    reception: Reception, announced: UUID
) -> None:
    for shown in (
        await reception.client.get(f"/loans/moved/{announced}"),
        await reception.post("/desk/scan", scan=reception.card.code),
    ):
        assert "instead of" in shown.text or "another day to bring it back" in shown.text
        assert "earlier than before" not in shown.text


async def test_a_tap_without_a_script_comes_back_to_the_list(
    reception: Reception, announced: UUID
) -> None:
    path = f"/loans/moved/{announced}"
    action = f"{path}/people/{reception.borrower.id}/told"
    page = await reception.client.get(path)
    assert f'action="{action}"' in page.text
    assert "0 of 1 told" in page.text
    assert "Tell them at the next visit" in page.text
    answer = await reception.client.post(action, data={"told": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert await told_at() is not None
    page = await reception.client.get(path)
    assert "1 of 1 told" in page.text
    assert "Tell them at the next visit" not in page.text
    await reception.client.post(action, data={"told": "0"})
    assert await told_at() is None


async def test_a_tap_with_htmx_gives_the_list_with_the_way_back(
    reception: Reception, announced: UUID
) -> None:
    action = f"/loans/moved/{announced}/people/{reception.borrower.id}/told"
    answer = await reception.post(action, told=1)
    assert "1 of 1 told" in answer.text
    assert "<html" not in answer.text
    assert f"Told: {reception.borrower.name}" in answer.text
    assert 'name="told" value="0"' in answer.text
    answer = await reception.post(action, told=0)
    assert f"{reception.borrower.name} is on the list again." in answer.text


async def test_the_desk_says_what_to_tell_whoever_comes(
    reception: Reception, announced: UUID
) -> None:
    visit = await reception.post("/desk/scan", scan=reception.card.code)
    assert "The boiler broke" in visit.text
    fields = {"announcement": announced, "borrower": reception.borrower.id}
    opened = (await reception.visit()).id
    answer = await reception.post("/desk/told", visit=opened, **fields)
    assert f"Told: {reception.borrower.name}" in answer.text
    assert "The boiler broke" not in answer.text
    assert await told_at() is not None
    answer = await reception.post("/desk/told", visit=opened, told=0, **fields)
    assert "The boiler broke" in answer.text
    assert await told_at() is None


async def test_timelines_say_that_somebody_was_told(reception: Reception, announced: UUID) -> None:
    await reception.post(f"/loans/moved/{announced}/people/{reception.borrower.id}/told", told=1)
    for path in (f"/loans/{(await reception.loan()).id}", f"/borrowers/{reception.borrower.id}"):
        assert "Told when it is due" in (await reception.client.get(path)).text
