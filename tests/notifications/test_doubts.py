"""Numbers that seem wrong are asked about when their owner is at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import db
from comptoir.core.principal import Role
from comptoir.lending.tables import Borrower
from comptoir.notifications.inbound import wishes
from comptoir.notifications.inbound.doubts import Doubt, doubt_about
from comptoir.notifications.outcomes import report
from comptoir.notifications.reasons import Reason
from comptoir.notifications.retention import TEXTS_KEPT_FOR, forget
from comptoir.notifications.statuses import Status
from comptoir.notifications.tables import Conversation, Reply
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.notifications import rows

NUMBER = "+41791234567"


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


async def person(phone: str = NUMBER, **values: Any) -> Borrower:
    return await make.borrower(phone=phone, contact_kind="phone", **values)


async def message_ends(
    somebody: Borrower, status: Status, *, now: datetime, reason: Reason | None = None
) -> None:
    message = await rows.message(now=now, borrower_id=somebody.id, address=somebody.phone)
    async with db.transaction():
        await report(message, status, now=now, reason=reason)


async def call_number(somebody: Borrower, phone: str) -> None:
    await Borrower.update({Borrower.phone: phone}).where(Borrower.id == somebody.id)


@pytest.mark.parametrize(
    ("phone", "contact_kind", "doubt"),
    [
        (NUMBER, "phone", None),
        ("+41265550110", "phone", Doubt.NO_TEXTS),
        ("+41265550110", "letter", None),
        ("", "none", None),
    ],
)
async def test_a_landline_is_asked_about_where_messages_go_by_phone(
    database: Any, phone: str, contact_kind: str, doubt: Doubt | None
) -> None:
    somebody = await make.borrower(phone=phone, contact_kind=contact_kind)
    assert await doubt_about(somebody.id) == doubt


async def test_two_hard_failures_in_a_row_are_asked_about(database: Any, now: datetime) -> None:
    somebody = await person()
    await message_ends(somebody, Status.FAILED, now=now, reason=Reason.NUMBER_INVALID)
    assert await doubt_about(somebody.id) is None
    await message_ends(somebody, Status.FAILED, now=now, reason=Reason.NOT_DELIVERED)
    assert await doubt_about(somebody.id) is Doubt.FAILED
    await message_ends(somebody, Status.DELIVERED, now=now)
    assert await doubt_about(somebody.id) is None


async def test_a_number_is_not_blamed_for_what_the_gateway_could_not_do(
    database: Any, now: datetime
) -> None:
    somebody = await person()
    for _ in range(3):
        await message_ends(somebody, Status.FAILED, now=now, reason=Reason.NO_GATEWAY)
    assert await doubt_about(somebody.id) is None


async def test_an_e_mail_address_is_asked_about_as_well(
    database: Any, now: datetime, client: AsyncClient
) -> None:
    address = "amina@example.org"
    site = await make.site()
    somebody = await make.borrower(phone="", contact_kind="email", email=address, site_id=site.id)

    async def ends(status: Status, reason: Reason | None = None) -> None:
        message = await rows.message(
            now=now, borrower_id=somebody.id, channel="email", address=address
        )
        async with db.transaction():
            await report(message, status, now=now, reason=reason)

    await ends(Status.FAILED, Reason.ADDRESS_INVALID)
    assert await doubt_about(somebody.id) is None
    await ends(Status.FAILED, Reason.ADDRESS_INVALID)
    assert await doubt_about(somebody.id) is Doubt.NO_MAIL
    await sign_in(client, await make.user(role=Role.RECEPTION, site_id=site.id))
    page = (await client.get(f"/borrowers/{somebody.id}")).text
    assert "Ask for their e-mail address." in page
    assert "Change the address" in page
    await ends(Status.ACCEPTED)
    assert await doubt_about(somebody.id) is None


async def test_a_corrected_number_is_no_longer_blamed(database: Any, now: datetime) -> None:
    somebody = await person()
    for _ in range(2):
        await message_ends(somebody, Status.FAILED, now=now, reason=Reason.NUMBER_INVALID)
    await call_number(somebody, "+41791234568")
    assert await doubt_about(somebody.id) is None


async def test_not_me_is_asked_about_until_messages_are_wanted_again(
    database: Any, now: datetime
) -> None:
    somebody = await person()
    async with db.transaction():
        await wishes.stop(NUMBER, is_wrong=True, now=now)
    assert await doubt_about(somebody.id) is Doubt.NOT_THEIRS
    await call_number(somebody, "+41791234568")
    assert await doubt_about(somebody.id) is Doubt.CORRECTED
    async with db.transaction():
        await wishes.start("+41791234568", now=now)
    assert await doubt_about(somebody.id) is None


async def test_whoever_only_wants_no_messages_is_asked_nothing(
    database: Any, now: datetime
) -> None:
    somebody = await person()
    async with db.transaction():
        await wishes.stop(NUMBER, now=now)
    assert await doubt_about(somebody.id) is None


async def test_the_desk_is_asked_at_the_next_visit(client: AsyncClient) -> None:
    site = await make.site()
    somebody = await person("+41265550110", site_id=site.id)
    card = await make.card(somebody.id)
    await sign_in(client, await make.user(role=Role.RECEPTION, site_id=site.id))
    visit = await client.post(
        "/desk/scan", data={"scan": card.code}, headers={"HX-Request": "true"}
    )
    assert "Ask for a mobile number." in visit.text
    assert "Ask for a mobile number." in (await client.get(f"/borrowers/{somebody.id}")).text


async def test_conversations_are_forgotten_with_their_texts(database: Any, now: datetime) -> None:
    for number, at in (("+41791110001", now - TEXTS_KEPT_FOR - timedelta(hours=1)), (NUMBER, now)):
        await Reply(gateway="kannel", sender=number, sent_at=at, received_at=at).save()
        await Conversation(number=number, waiting_since=at).save()
    await forget(now=now)
    assert [row["number"] for row in await Conversation.select(Conversation.number)] == [NUMBER]
