"""Numbers that seem wrong are asked about when their owner is at the desk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import db
from comptoir.core.principal import Principal, Role
from comptoir.lending.errors import BorrowerNotFound
from comptoir.lending.tables import Borrower, BorrowerSite
from comptoir.notifications.errors import NumberNotAsked
from comptoir.notifications.inbound import wishes
from comptoir.notifications.inbound.doubts import Doubt
from comptoir.notifications.inbound.right_numbers import ConfirmNumber, confirm_number
from comptoir.notifications.outcomes import report
from comptoir.notifications.reasons import Reason
from comptoir.notifications.retention import TEXTS_KEPT_FOR, forget
from comptoir.notifications.statuses import Status
from comptoir.notifications.tables import Conversation, Reply
from tests import factories as make
from tests.http_client import client_of, codes, sign_in, use_token
from tests.notifications import rows

NUMBER = "+41791234567"
FRENCH = "+33612345678"


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
    assert await rows.doubt_about(somebody.id) == doubt


async def test_two_hard_failures_in_a_row_are_asked_about(database: Any, now: datetime) -> None:
    somebody = await person()
    await message_ends(somebody, Status.FAILED, now=now, reason=Reason.NUMBER_INVALID)
    assert await rows.doubt_about(somebody.id) is None
    await message_ends(somebody, Status.FAILED, now=now, reason=Reason.NOT_DELIVERED)
    assert await rows.doubt_about(somebody.id) is Doubt.FAILED
    await message_ends(somebody, Status.DELIVERED, now=now)
    assert await rows.doubt_about(somebody.id) is None


async def test_a_number_is_not_blamed_for_what_the_gateway_could_not_do(
    database: Any, now: datetime
) -> None:
    somebody = await person()
    for _ in range(3):
        await message_ends(somebody, Status.FAILED, now=now, reason=Reason.NO_GATEWAY)
    assert await rows.doubt_about(somebody.id) is None


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
    assert await rows.doubt_about(somebody.id) is None
    await ends(Status.FAILED, Reason.ADDRESS_INVALID)
    assert await rows.doubt_about(somebody.id) is Doubt.NO_MAIL
    await sign_in(client, await make.user(role=Role.RECEPTION, site_id=site.id))
    page = (await client.get(f"/borrowers/{somebody.id}")).text
    assert "Ask for their e-mail address." in page
    assert "Change the address" in page
    await ends(Status.ACCEPTED)
    assert await rows.doubt_about(somebody.id) is None


async def test_a_corrected_number_is_no_longer_blamed(database: Any, now: datetime) -> None:
    somebody = await person()
    for _ in range(2):
        await message_ends(somebody, Status.FAILED, now=now, reason=Reason.NUMBER_INVALID)
    await call_number(somebody, "+41791234568")
    assert await rows.doubt_about(somebody.id) is None


async def test_not_me_is_asked_about_until_messages_are_wanted_again(
    database: Any, now: datetime
) -> None:
    somebody = await person()
    async with db.transaction():
        await wishes.stop(NUMBER, is_wrong=True, now=now)
    assert await rows.doubt_about(somebody.id) is Doubt.NOT_THEIRS
    await call_number(somebody, "+41791234568")
    assert await rows.doubt_about(somebody.id) is Doubt.CORRECTED
    async with db.transaction():
        await wishes.start("+41791234568", now=now)
    assert await rows.doubt_about(somebody.id) is None


async def test_whoever_only_wants_no_messages_is_asked_nothing(
    database: Any, now: datetime
) -> None:
    somebody = await person()
    async with db.transaction():
        await wishes.stop(NUMBER, now=now)
    assert await rows.doubt_about(somebody.id) is None


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


async def confirm(actor: Principal, somebody: Borrower, phone: str, *, now: datetime) -> None:
    await confirm_number(actor, somebody.id, ConfirmNumber(phone=phone), now=now)


async def test_a_number_of_two_people_is_asked_about_of_each(database: Any, now: datetime) -> None:
    site = await make.site()
    one, other = [await person(site_id=site.id) for _ in range(2)]
    desk = await make.principal(Role.RECEPTION, site.id)
    assert await rows.doubt_about(one.id) is await rows.doubt_about(other.id) is Doubt.SHARED
    await confirm(desk, one, NUMBER, now=now)
    assert await rows.doubt_about(one.id) is None
    assert await rows.doubt_about(other.id) is Doubt.SHARED
    await call_number(other, "+41791234568")
    assert await rows.doubt_about(other.id) is None


@pytest.mark.parametrize(
    ("countries", "phone", "doubt"),
    [
        (["CH"], FRENCH, Doubt.FOREIGN),
        (["CH", "FR"], FRENCH, None),
        (["FR"], FRENCH, None),
        (["FR"], "+262692123456", None),
        (["FR"], NUMBER, Doubt.FOREIGN),
        ([], FRENCH, None),
    ],
)
async def test_a_number_is_foreign_where_no_site_of_its_owner_is(
    database: Any, countries: list[str], phone: str, doubt: Doubt | None
) -> None:
    somebody = await person(phone)
    for country in countries:
        site = await make.site(country=country)
        await BorrowerSite(borrower=somebody.id, site=site.id).save()
    assert await rows.doubt_about(somebody.id) is doubt


async def test_another_number_is_asked_about_anew(database: Any, now: datetime) -> None:
    site = await make.site()
    somebody = await person(FRENCH, site_id=site.id)
    desk = await make.principal(Role.RECEPTION, site.id)
    await confirm(desk, somebody, FRENCH, now=now)
    assert await rows.doubt_about(somebody.id) is None
    await call_number(somebody, "+33612345679")
    assert await rows.doubt_about(somebody.id) is Doubt.FOREIGN
    with pytest.raises(NumberNotAsked):
        await confirm(desk, somebody, FRENCH, now=now)


async def test_failures_and_not_me_are_asked_about_though_a_number_was_right(
    database: Any, now: datetime
) -> None:
    site = await make.site()
    somebody = await person(FRENCH, site_id=site.id)
    await confirm(await make.principal(Role.RECEPTION, site.id), somebody, FRENCH, now=now)
    for _ in range(2):
        await message_ends(somebody, Status.FAILED, now=now, reason=Reason.NUMBER_INVALID)
    assert await rows.doubt_about(somebody.id) is Doubt.FAILED
    async with db.transaction():
        await wishes.stop(FRENCH, is_wrong=True, now=now)
    assert await rows.doubt_about(somebody.id) is Doubt.NOT_THEIRS


async def test_that_a_number_is_right_is_written_down_once(database: Any, now: datetime) -> None:
    site = await make.site()
    somebody = await person(FRENCH, site_id=site.id)
    desk = await make.principal(Role.RECEPTION, site.id)
    for _ in range(2):
        await confirm(desk, somebody, FRENCH, now=now)
    trail = await db.fetch(
        "SELECT actor_id FROM core_audit_event WHERE action = 'borrower.number_confirmed'"
    )
    assert [row["actor_id"] for row in trail] == [desk.id]


async def test_what_is_no_question_of_right_or_wrong_is_not_answered(
    database: Any, now: datetime
) -> None:
    site = await make.site()
    desk = await make.principal(Role.RECEPTION, site.id)
    for phone in ("+41265550110", NUMBER, ""):
        somebody = await person(phone, site_id=site.id)
        with pytest.raises(NumberNotAsked):
            await confirm(desk, somebody, phone, now=now)


async def test_a_number_of_other_sites_is_not_found(database: Any, now: datetime) -> None:
    somebody = await person(FRENCH, site_id=(await make.site()).id)
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    with pytest.raises(BorrowerNotFound):
        await confirm(stranger, somebody, FRENCH, now=now)


async def test_the_visit_asks_once_whether_a_number_is_right(client: AsyncClient) -> None:
    site = await make.site()
    somebody = await person(FRENCH, site_id=site.id)
    card = await make.card(somebody.id)
    await sign_in(client, await make.user(role=Role.RECEPTION, site_id=site.id), site_id=site.id)
    visit = await client.post("/desk/scan", data={"scan": card.code})
    asked = "Ask whether their number is +33 6 12 34 56 78."
    assert asked in visit.text
    assert f'href="/borrowers/{somebody.id}/edit"' in visit.text
    assert asked in (await client.get(f"/borrowers/{somebody.id}")).text
    back = re.search(r'name="next" value="(/desk\?visit=[^"]+)"', visit.text)
    assert back is not None
    address = f"/borrowers/{somebody.id}/number-confirmations"
    answer = await client.post(address, data={"phone": FRENCH, "next": back[1]})
    assert (answer.status_code, answer.headers["Location"]) == (303, back[1])
    visit = await client.get(back[1])
    assert "This number is asked about no more." in visit.text
    assert asked not in visit.text
    page = (await client.get(f"/borrowers/{somebody.id}")).text
    assert asked not in page
    assert "Their number is right, they say." in page


async def test_a_program_asks_and_answers(client: AsyncClient) -> None:
    site = await make.site()
    somebody = await person(FRENCH, site_id=site.id)
    await use_token(client, "borrowers")
    address = f"/api/v1/borrowers/{somebody.id}"
    asked = (await client.get(f"{address}/number-question")).json()
    assert asked == {"doubt": "foreign", "phone": FRENCH, "may_be_right": True}
    refused = await client.post(f"{address}/number-confirmations", json={"phone": NUMBER})
    assert codes(refused) == ["notifications.number-not-asked"]
    answer = await client.post(f"{address}/number-confirmations", json={"phone": FRENCH})
    assert (answer.status_code, answer.json()["doubt"]) == (200, None)


async def test_conversations_are_forgotten_with_their_texts(database: Any, now: datetime) -> None:
    for number, at in (("+41791110001", now - TEXTS_KEPT_FOR - timedelta(hours=1)), (NUMBER, now)):
        await Reply(gateway="kannel", sender=number, sent_at=at, received_at=at).save()
        await Conversation(number=number, waiting_since=at).save()
    await forget(now=now)
    assert [row["number"] for row in await Conversation.select(Conversation.number)] == [NUMBER]
