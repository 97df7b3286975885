"""Letters are bundled, printed, put back: by service, page and call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.principal import Principal, Role
from comptoir.core.printing.errors import NothingToPrint
from comptoir.lending.tables import Borrower, Loan
from comptoir.notifications.calls.queries import count_calls
from comptoir.notifications.dispatcher import dispatch, settle
from comptoir.notifications.errors import BatchNotFound, BatchPrinted
from comptoir.notifications.letters import services
from comptoir.notifications.letters.queries import count_waiting, list_batches, list_waiting
from comptoir.notifications.letters.schemas import LetterFilter, MakeBatch
from comptoir.notifications.letters.services import (
    make_batch,
    mark_printed,
    print_batch,
    put_back,
)
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.retention import TEXTS_KEPT_FOR, forget
from comptoir.notifications.routing import Route
from tests import factories as make
from tests.http_client import client_of, sign_in, use_token
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import World, at, written
from tests.paper import is_pdf_ua, opened, text_of

LATE = at("10-13 08:00")


@pytest.fixture
async def world(database: Any) -> World:
    return await World.made()


@pytest.fixture
async def desk(world: World) -> Principal:
    return await make.principal(Role.RECEPTION, world.site.id)


async def reader(world: World, name: str = "Amina Diallo", **values: Any) -> Borrower:
    """Somebody who wants letters."""
    given = {"contact_kind": "letter", "phone": "", "address": "Rue Haute 1\n1700 Fribourg"}
    return await world.person(name=name, **given | values)


async def bundled(actor: Principal, world: World) -> UUID:
    return await make_batch(actor, MakeBatch(site_id=world.site.id), now=LATE)


async def statuses() -> list[tuple[str, str]]:
    return [(row.status, row.reason) for row in await written()]


async def test_letters_are_one_document_and_count_as_sent_once_printed(
    world: World, desk: Principal
) -> None:
    for name, language in (("Amina Diallo", "fr"), ("Beat Schöpfer", "de")):
        await world.loan(await reader(world, name, language=language))
    await sweep(now=LATE)
    assert [row.letters for row in await count_waiting(desk)] == [2]
    waiting = await list_waiting(desk, LetterFilter())
    assert [(row.others, row.is_printed) for row in waiting.rows] == [(0, True)] * 2
    batch = await bundled(desk, world)
    assert await statuses() == [("sending", "")] * 2
    pdf = await print_batch(desk, batch, now=LATE)
    assert is_pdf_ua(pdf)
    with opened(pdf) as document:
        assert len(document) == 2
    for words in ("Amina Diallo", "Beat Schöpfer", "petit oubli", "Laptop", "1700 Fribourg"):
        assert words in text_of(pdf)
    for _ in range(2):
        await mark_printed(desk, batch, now=LATE)
    assert await statuses() == [("accepted", "")] * 2
    again = await print_batch(desk, batch, now=LATE + timedelta(days=2))
    assert text_of(again) == text_of(pdf)
    with pytest.raises(BatchPrinted):
        await put_back(desk, batch, now=LATE)


async def test_no_gateway_takes_a_letter(world: World, desk: Principal) -> None:
    await world.loan(await reader(world))
    await sweep(now=LATE)
    routes = [Route(RecordingGateway())]
    assert await dispatch(routes, now=LATE) == 0
    await bundled(desk, world)
    assert await settle(routes, now=LATE + timedelta(days=1)) == 0
    assert await statuses() == [("sending", "")]


async def test_what_was_not_printed_waits_again(world: World, desk: Principal) -> None:
    await world.loan(await reader(world))
    await sweep(now=LATE)
    await put_back(desk, await bundled(desk, world), now=LATE)
    assert await statuses() == [("queued", "")]
    assert (await list_batches(desk, limit=5)).rows == ()
    await bundled(desk, world)


async def test_a_person_gets_one_letter_the_most_pressing_and_latest(
    world: World, desk: Principal
) -> None:
    person = await reader(world)
    await world.loan(person)
    await sweep(now=LATE)
    await sweep(now=at("10-20 08:00"))
    await world.loan(person, due_at=at("10-23 17:00"))
    await sweep(now=at("10-21 08:00"))
    assert [row.kind for row in await written()] == ["overdue-1", "overdue-2", "due-soon"]
    waiting = await list_waiting(desk, LetterFilter())
    assert [(row.kind, row.others, row.is_printed) for row in waiting.rows] == [
        ("overdue-1", 2, False),
        ("overdue-2", 2, True),
        ("due-soon", 2, False),
    ]
    page_two = await list_waiting(desk, LetterFilter(after=waiting.rows[0].id, limit=1))
    assert [(row.kind, row.is_printed) for row in page_two.rows] == [("overdue-2", True)]
    batch = await make_batch(desk, MakeBatch(site_id=world.site.id), now=at("10-21 09:00"))
    dropped = ("dropped", "overtaken")
    assert await statuses() == [dropped, ("sending", ""), dropped]
    pdf = await print_batch(desk, batch, now=LATE)
    with opened(pdf) as document:
        assert len(document) == 1
    assert "petit oubli" not in text_of(pdf)
    assert "23 octobre" in text_of(pdf)


async def test_all_letters_to_a_person_are_of_one_bundle_however_many_wait(
    world: World, desk: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_PEOPLE", 2)
    first, second, third = [await reader(world, name) for name in ("Ada", "Ben", "Cem")]
    for person in (first, second, third, first, first, second, third):
        await rows.message(
            now=LATE, site_id=world.site.id, borrower_id=person.id, channel="letter", address=""
        )
    batches = [await bundled(desk, world), await bundled(desk, world)]
    found = {row.id: row.letters for row in (await list_batches(desk, limit=9)).rows}
    assert [found[each] for each in batches] == [2, 1]
    with pytest.raises(NothingToPrint):
        await bundled(desk, world)


async def test_what_came_back_is_not_written_about(world: World, desk: Principal) -> None:
    await world.loan(await reader(world))
    await sweep(now=LATE)
    await Loan.update({Loan.returned_at: LATE}, force=True)
    with pytest.raises(NothingToPrint):
        await bundled(desk, world)
    assert await statuses() == [("dropped", "overtaken")]


async def test_what_came_back_waits_in_no_list_of_letters(world: World, desk: Principal) -> None:
    await world.loan(await reader(world))
    await sweep(now=LATE)
    assert [row.letters for row in await count_waiting(desk)] == [1]
    await Loan.update({Loan.returned_at: LATE}, force=True)
    await sweep(now=LATE + timedelta(minutes=10))
    assert await count_waiting(desk) == []
    assert await statuses() == [("dropped", "overtaken")]


async def test_whoever_has_no_address_any_more_gets_none(world: World, desk: Principal) -> None:
    person = await reader(world)
    await world.loan(person)
    await sweep(now=LATE)
    await Borrower.update({Borrower.address: ""}).where(Borrower.id == person.id)
    with pytest.raises(NothingToPrint):
        await bundled(desk, world)
    assert await statuses() == [("failed", "no-address"), ("queued", "")]
    assert (await count_calls(desk, now=LATE)).unreachable == 1  # nor is anything else known


async def test_two_who_print_at_once_have_one_document(world: World, desk: Principal) -> None:
    await world.loan(await reader(world))
    await sweep(now=LATE)
    await bundled(desk, world)
    with pytest.raises(NothingToPrint):
        await bundled(desk, world)


async def test_letters_are_of_ones_own_sites(world: World, desk: Principal) -> None:
    await world.loan(await reader(world))
    await sweep(now=LATE)
    other = await make.principal(Role.RECEPTION, (await make.site(short_name="Bulle")).id)
    with pytest.raises(NothingToPrint):
        await bundled(other, world)
    assert (await list_waiting(other, LetterFilter())).rows == ()
    batch = await bundled(desk, world)
    for act in (mark_printed, put_back, print_batch):
        with pytest.raises(BatchNotFound):
            await act(other, batch, now=LATE)
    assert (await list_batches(other, limit=5)).rows == ()


async def test_a_bundle_that_nobody_printed_is_put_back_in_the_end(
    world: World, desk: Principal
) -> None:
    for name in ("Amina Diallo", "Beat Schöpfer"):
        await world.loan(await reader(world, name))
        await sweep(now=LATE)
        made = await bundled(desk, world)
        if name == "Amina Diallo":
            await mark_printed(desk, made, now=LATE)
    await forget(now=LATE + TEXTS_KEPT_FOR - timedelta(hours=1))
    assert await statuses() == [("accepted", ""), ("sending", "")]
    await forget(now=LATE + TEXTS_KEPT_FOR + timedelta(hours=1))
    assert await statuses() == [("accepted", ""), ("queued", "")]
    assert [batch.printed_at for batch in (await list_batches(desk, limit=5)).rows] == [LATE]


async def test_a_forgotten_text_is_not_printed_again(world: World, desk: Principal) -> None:
    await world.loan(await reader(world))
    await sweep(now=LATE)
    batch = await bundled(desk, world)
    await mark_printed(desk, batch, now=LATE)
    await db.execute("UPDATE notifications_message SET text = ''")
    with pytest.raises(NothingToPrint):
        await print_batch(desk, batch, now=LATE)
    await forget(now=LATE + TEXTS_KEPT_FOR)
    [row] = (await list_batches(desk, limit=5)).rows
    assert (row.letters, row.printable) == (1, 0)


class TestOverHttp:
    @pytest.fixture
    async def client(self, database: Any) -> AsyncIterator[AsyncClient]:
        async with client_of() as client:
            yield client

    async def letter(self, world: World) -> Borrower:
        person = await reader(world)
        await rows.message(
            now=clock.now(),
            site_id=world.site.id,
            borrower_id=person.id,
            channel="letter",
            address="",
            text="Bonjour",
        )
        return person

    async def test_the_desk_prepares_prints_and_says_so(
        self, client: AsyncClient, world: World
    ) -> None:
        await self.letter(world)
        user = await make.user(role=Role.RECEPTION, site_id=world.site.id)
        await sign_in(client, user, site_id=world.site.id)
        assert "1 letter to print" in (await client.get("/desk")).text
        page = (await client.get("/letters")).text
        assert "Amina Diallo" in page
        assert "Prepare 1 letter" in page
        form = {"site": str(world.site.id)}
        await client.post("/letters/batches", data=form)
        again = await client.post("/letters/batches", data=form)
        assert again.headers["location"] == "/letters"
        [batch] = (await list_batches(await make.principal(Role.ADMIN), limit=5)).rows
        answer = await client.get(f"/letters/batches/{batch.id}/pdf")
        assert answer.headers["content-type"] == "application/pdf"
        assert "Amina Diallo" in text_of(answer.content)
        await client.post(f"/letters/batches/{batch.id}/printed")
        page = (await client.get("/letters")).text
        assert "Printed on" in page
        assert "Print again" in page
        assert "letter to print" not in (await client.get("/desk")).text

    async def test_the_calls_do_the_same(self, client: AsyncClient, world: World) -> None:
        person = await self.letter(world)
        await use_token(client, "borrowers")
        [line] = (await client.get("/api/v1/letters")).json()["items"]
        assert line["borrower_id"] == str(person.id)
        assert "borrower" not in line
        assert (line["others"], line["is_printed"]) == (0, True)
        body = {"site_id": str(world.site.id)}
        made = (await client.post("/api/v1/letter-batches", json=body)).json()
        assert (made["letters"], made["printable"]) == (1, 1)
        one = f"/api/v1/letter-batches/{made['id']}"
        assert is_pdf_ua((await client.get(f"{one}/pdf")).content)
        assert (await client.delete(one)).status_code == 204
        made = (await client.post("/api/v1/letter-batches", json=body)).json()
        one = f"/api/v1/letter-batches/{made['id']}"
        assert (await client.post(f"{one}/printed")).json()["printed_at"]
        assert (await client.delete(one)).json()["code"] == "notifications.batch-printed"
        assert len((await client.get("/api/v1/letter-batches")).json()["items"]) == 1
