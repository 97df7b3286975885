"""The link that stops e-mails: by one request, of whoever has it, and it tells nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.accounts.authentication import accounts_of
from comptoir.core.ids import new_id
from comptoir.core.keys import Keyring
from comptoir.lending.tables import Borrower
from comptoir.notifications.reminders.tables import BorrowerWish
from comptoir.notifications.unsubscribe.services import FREE
from comptoir.notifications.unsubscribe.tokens import message_of, token_of
from tests import factories as make
from tests.http_client import client_of, shared_app
from tests.notifications import rows

THEIRS = "amina@example.org"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def keys() -> Keyring:
    return accounts_of(shared_app()).keys


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        client.headers.pop("Sec-Fetch-Site")  # a mail program, or its provider
        yield client


async def written_to(person: Borrower, **values: Any) -> UUID:
    values = {"channel": "email", "address": person.email, "now": clock.now(), **values}
    return await rows.message(borrower_id=person.id, **values)


async def reader(**values: Any) -> Borrower:
    return await make.borrower(**{"contact_kind": "email", "email": THEIRS, **values})


async def stopped(person: Borrower) -> datetime | None:
    wish = await BorrowerWish.objects().where(BorrowerWish.borrower == person.id).first()
    return wish.stopped_at if wish else None


async def test_one_request_stops_them_and_again_nothing_new(client: AsyncClient) -> None:
    person = await reader()
    path = f"/u/{token_of(keys(), await written_to(person))}"
    opened = await client.get(path)
    assert opened.status_code == 200
    assert await stopped(person) is None  # programs look at links before their readers do
    first = await client.post(path, data=ONE_CLICK)
    since = await stopped(person)
    assert since is not None
    second = await client.post(path, data=ONE_CLICK)
    assert await stopped(person) == since
    assert (first.status_code, second.status_code) == (200, 200)
    audited = await db.fetch(
        "SELECT action FROM core_audit_event WHERE action = 'borrower.messages_stopped'"
    )
    assert len(audited) == 1
    for answer in (opened, first):
        assert THEIRS not in answer.text
        assert "Jordan" not in answer.text
        assert not answer.headers.get("set-cookie")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]


async def test_the_same_page_whatever_the_link_is(client: AsyncClient) -> None:
    person = await reader()
    message = await written_to(person)
    token = token_of(keys(), message)
    right = await client.post(f"/u/{token}")
    for wrong in (
        token[:-1],
        token[:-4] + "AAAA",
        token_of(Keyring("another secret that is long enough"), message),
        token_of(keys(), new_id()),
        "x",
        "é",
        "A" * 5000,
    ):
        answer = await client.post(f"/u/{wrong}")
        assert answer.status_code == right.status_code
        # The page names its own address, in the links to other languages, and nothing else of it.
        assert answer.text.replace(str(answer.url.path), "") == right.text.replace(
            str(right.url.path), ""
        )


async def test_whoever_guesses_is_slowed_down_and_nobody_else(client: AsyncClient) -> None:
    person = await reader()
    path = f"/u/{token_of(keys(), await written_to(person))}"
    answers = [(await client.post("/u/guess")).status_code for _ in range(FREE + 2)]
    assert (answers[0], answers[-1]) == (200, 429)
    assert (await client.post(path)).status_code == 200
    assert await stopped(person) is not None


async def test_it_is_of_the_address_that_the_mail_went_to(client: AsyncClient) -> None:
    moved = await reader(email="new@example.org")
    shared = [await reader(email="both@example.org") for _ in range(2)]
    by_phone = await reader(email="both@example.org", contact_kind="phone", phone="+41791110001")
    forgotten = await reader(email="old@example.org")
    await client.post(f"/u/{token_of(keys(), await written_to(moved, address='old@example.org'))}")
    assert await stopped(moved) is None
    await client.post(f"/u/{token_of(keys(), await written_to(shared[0]))}")
    assert all([await stopped(each) for each in shared])
    assert await stopped(by_phone) is None
    await client.post(f"/u/{token_of(keys(), await written_to(forgotten, address=''))}")
    assert await stopped(forgotten) is not None


async def test_a_text_message_has_no_such_link(client: AsyncClient) -> None:
    person = await reader()
    message = await written_to(person, channel="sms")
    await client.post(f"/u/{token_of(keys(), message)}")
    assert await stopped(person) is None


async def test_a_page_of_another_site_cannot_tell_either(client: AsyncClient) -> None:
    person = await reader()
    path = f"/u/{token_of(keys(), await written_to(person))}"
    # It has to know the link; whoever does may stop them.
    answer = await client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def test_only_what_we_wrote_is_of_our_making() -> None:
    ours, theirs, message = Keyring("one secret"), Keyring("another"), new_id()
    token = token_of(ours, message)
    assert message_of(ours, token) == message
    assert len(token) == 38
    for wrong in ("", "é", "A", token[1:], token + "A", token[:-1] + "_", token.swapcase()):
        assert message_of(ours, wrong) is None, wrong
    assert message_of(theirs, token) is None
