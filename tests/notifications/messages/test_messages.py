"""The list of messages, another try, the switch and the budget: by page and by call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.audit.sentences import lines
from comptoir.core.i18n import use_language
from comptoir.core.principal import Principal, Role
from comptoir.notifications import outcomes
from comptoir.notifications.channels import Channel
from comptoir.notifications.digest.counting import weeks_for
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.errors import (
    AdministratorNeeded,
    MessageNotFound,
    NotLetBe,
    NotTriedAgain,
)
from comptoir.notifications.gateways.protocol import Answer, Rejected, Unknown
from comptoir.notifications.inbound.doubts import Doubt
from comptoir.notifications.messages.queries import (
    count_to_decide,
    list_messages,
    read_message,
    read_sending,
)
from comptoir.notifications.messages.schemas import DecideSending, MessageFilter, MessageState
from comptoir.notifications.messages.services import decide_sending, let_be, try_again
from comptoir.notifications.reasons import Reason
from comptoir.notifications.routing import Route
from comptoir.notifications.statuses import Status
from tests import factories as make
from tests.http_client import client_of, codes, shared_app, sign_in, use_token
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway

FAILED = Rejected(Reason.NUMBER_INVALID)


async def ended(now: datetime, answer: Answer = FAILED, **values: Any) -> UUID:
    message = await rows.message(now=now, **values)
    await dispatch([Route(RecordingGateway(lambda _: answer, part_price=550))], now=now)
    return message


async def ids(
    actor: Principal, state: MessageState = MessageState.ALL, **values: Any
) -> list[UUID]:
    wanted = MessageFilter(state=state, **values)
    return [row.id for row in (await list_messages(actor, wanted, now=make.MADE_AT)).rows]


@pytest.fixture
async def coordinator(database: Any) -> Principal:
    site = await make.site()
    return await make.principal(Role.COORDINATOR, site.id)


class TestTheList:
    async def test_is_by_state_and_newest_first(
        self, coordinator: Principal, now: datetime
    ) -> None:
        here: dict[str, Any] = {"site_id": coordinator.site_id}
        failed = await ended(now, **here)
        unknown = await ended(now, Unknown(), **here)
        sent = await rows.message(now=now, **here)
        await dispatch([Route(RecordingGateway())], now=now)
        waiting = await rows.message(now=now, **here)
        assert await ids(coordinator) == [waiting, sent, unknown, failed]
        assert await ids(coordinator, MessageState.TO_DECIDE) == [unknown, failed]
        assert await ids(coordinator, MessageState.SENT) == [sent]
        assert await ids(coordinator, MessageState.WAITING) == [waiting]

    async def test_is_by_kind(
        self, coordinator: Principal, client: AsyncClient, now: datetime
    ) -> None:
        welcome = await rows.message(now=now, site_id=coordinator.site_id, kind="welcome")
        await rows.message(now=now, site_id=coordinator.site_id)
        assert await ids(coordinator, kind="welcome") == [welcome]
        user = await make.user(role=Role.COORDINATOR, site_id=coordinator.site_id)
        await sign_in(client, user)
        page = (await client.get("/messages?state=all&kind=welcome")).text
        assert page.count('<details class="message">') == 1
        assert 'href="/messages?state=waiting&amp;kind=welcome"' in page
        assert (await client.get("/messages?state=all&kind=none-such")).status_code == 422
        await use_token(client, "borrowers")
        (found,) = (await client.get("/api/v1/messages?kind=welcome")).json()["items"]
        assert found["id"] == str(welcome)

    @pytest.mark.parametrize(
        ("channel", "status", "said", "unsaid"),
        [
            ("letter", "queued", "To prepare", "Waiting</"),
            ("letter", "sending", "To print", "Being sent"),
            ("letter", "accepted", "Printed", "Handed over"),
            ("letter", "failed", "Not posted", "Failed"),
            ("call", "queued", "To call", "Waiting</"),
            ("call", "delivered", "Told", "Arrived"),
            ("email", "delivered", "Arrived", "Told"),
        ],
    )
    async def test_says_of_letters_and_calls_what_people_did_with_them(
        self,
        coordinator: Principal,
        client: AsyncClient,
        now: datetime,
        channel: str,
        status: str,
        said: str,
        unsaid: str,
    ) -> None:
        made = await rows.message(now=now, channel=channel, site_id=coordinator.site_id)
        sql = "UPDATE notifications_message SET status = :status, parts = 6 WHERE id = :id"
        await db.execute(sql, status=status, id=made)
        user = await make.user(role=Role.COORDINATOR, site_id=coordinator.site_id)
        await sign_in(client, user)
        found = (await client.get("/messages?state=all")).text.split("<table")[1]
        assert said in found
        assert unsaid not in found
        assert ">6<" not in found  # a text message alone has parts

    async def test_is_by_channel(
        self, coordinator: Principal, client: AsyncClient, now: datetime
    ) -> None:
        here: dict[str, Any] = {"site_id": coordinator.site_id}
        mails = [
            await rows.message(now=now, channel="email", kind=kind, **here)
            for kind in ("welcome", "due-soon")
        ]
        await rows.message(now=now, kind="welcome", **here)
        first = MessageFilter(state=MessageState.ALL, channel=Channel.EMAIL, limit=1)
        found = await list_messages(coordinator, first, now=now)
        assert [row.id for row in found.rows] == [mails[1]]
        assert await ids(coordinator, channel=Channel.EMAIL, after=found.next) == [mails[0]]
        user = await make.user(role=Role.COORDINATOR, site_id=coordinator.site_id)
        await sign_in(client, user)
        page = (await client.get("/messages?state=all&kind=welcome&channel=email")).text
        assert page.count('<details class="message">') == 1
        assert 'href="/messages?state=waiting&amp;kind=welcome&amp;channel=email"' in page
        assert (await client.get("/messages?channel=pigeon")).status_code == 422
        await use_token(client, "borrowers")
        answer = await client.get("/api/v1/messages?channel=email&limit=1")
        assert [each["id"] for each in answer.json()["items"]] == [str(mails[1])]
        following = await client.get(answer.json()["next"])
        assert [each["id"] for each in following.json()["items"]] == [str(mails[0])]

    async def test_shows_messages_of_ones_own_sites_alone(
        self, coordinator: Principal, now: datetime
    ) -> None:
        elsewhere = await rows.message(now=now)
        here = await rows.message(now=now, site_id=coordinator.site_id)
        assert await ids(coordinator) == [here]
        assert set(await ids(await make.principal(Role.ADMIN))) == {here, elsewhere}

    async def test_tells_nothing_of_one_message_elsewhere_either(
        self, coordinator: Principal, now: datetime
    ) -> None:
        elsewhere = await rows.message(now=now)
        here = await rows.message(now=now, site_id=coordinator.site_id)
        assert await read_message(coordinator, elsewhere, now=now) is None
        found = await read_message(coordinator, here, now=now)
        assert found is not None
        assert found.id == here

    async def test_goes_on_where_the_page_before_ended(
        self, coordinator: Principal, now: datetime
    ) -> None:
        made = [await rows.message(now=now, site_id=coordinator.site_id) for _ in range(5)]
        first = await list_messages(
            coordinator, MessageFilter(state=MessageState.ALL, limit=2), now=now
        )
        assert await ids(coordinator, after=first.next) == made[2::-1]

    async def test_takes_one_statement_however_long(
        self, coordinator: Principal, now: datetime
    ) -> None:
        for _ in range(10):
            await rows.message(now=now, site_id=coordinator.site_id)
        with db.count_statements() as sent:
            await list_messages(coordinator, MessageFilter(state=MessageState.ALL), now=now)
        assert len(sent) == 1


class TestAnotherTry:
    async def test_is_a_new_message_to_the_number_of_today(
        self, coordinator: Principal, now: datetime
    ) -> None:
        person = await make.borrower(phone="+41790000002")
        failed = await ended(
            now, site_id=coordinator.site_id, borrower_id=person.id, address="+41790000001"
        )
        made = await try_again(coordinator, failed, now=now)
        old, new = await rows.read(failed), await rows.read(made)
        assert (old.status, new.status, new.again_of) == ("failed", "queued", failed)
        assert (new.address, new.text, new.attempts) == ("+41790000002", old.text, 0)
        assert await ids(coordinator, MessageState.TO_DECIDE) == []

    async def test_of_an_e_mail_goes_to_the_address_of_today(
        self, coordinator: Principal, now: datetime
    ) -> None:
        person = await make.borrower(phone="+41790000002", email="new@example.org")
        failed = await ended(
            now,
            site_id=coordinator.site_id,
            borrower_id=person.id,
            channel="email",
            address="old@example.org",
        )
        made = await rows.read(await try_again(coordinator, failed, now=now))
        assert (made.channel, made.address) == ("email", "new@example.org")

    async def test_is_made_once(self, coordinator: Principal, now: datetime) -> None:
        failed = await ended(now, site_id=coordinator.site_id)
        await try_again(coordinator, failed, now=now)
        with pytest.raises(NotTriedAgain):
            await try_again(coordinator, failed, now=now)

    async def test_is_not_for_what_is_on_its_way(
        self, coordinator: Principal, now: datetime
    ) -> None:
        waiting = await rows.message(now=now, site_id=coordinator.site_id)
        with pytest.raises(NotTriedAgain):
            await try_again(coordinator, waiting, now=now)

    async def test_is_for_coordinators_of_the_site(
        self, coordinator: Principal, now: datetime
    ) -> None:
        elsewhere = await ended(now)
        here = await ended(now, site_id=coordinator.site_id)
        for actor, message in (
            (coordinator, elsewhere),
            (await make.principal(Role.RECEPTION, coordinator.site_id), here),
        ):
            with pytest.raises(MessageNotFound):
                await try_again(actor, message, now=now)

    async def test_stands_in_the_audit_trail(self, coordinator: Principal, now: datetime) -> None:
        failed = await ended(now, site_id=coordinator.site_id)
        await try_again(coordinator, failed, now=now)
        (event,) = await db.fetch("SELECT action, subject_id FROM core_audit_event")
        assert (event["action"], event["subject_id"]) == ("message.tried_again", failed)


class TestLettingItBe:
    @pytest.mark.parametrize("answer", [FAILED, Unknown()])
    async def test_drops_it_and_nothing_counts_it_any_more(
        self, coordinator: Principal, now: datetime, answer: Answer
    ) -> None:
        person = await make.borrower(phone="+41790000002")
        here: dict[str, Any] = {"site_id": coordinator.site_id, "borrower_id": person.id}
        failed = await ended(now, answer, **here)
        [week] = await weeks_for(coordinator, now=now)
        assert (await count_to_decide(coordinator, None, now=now), week.failed) == (1, 1)
        await let_be(coordinator, failed, now=now)
        found = await rows.read(failed)
        assert (found.status, found.reason) == ("dropped", "let-be")
        assert await ids(coordinator, MessageState.TO_DECIDE) == []
        [week] = await weeks_for(coordinator, now=now)
        assert (await count_to_decide(coordinator, None, now=now), week.failed) == (0, 0)
        shared_app()  # whose floors describe what they record
        with use_language("en"):
            [line] = await lines(person.id, {})
        assert line.text == "It was decided to let a message be: Before it is due."

    async def test_is_done_once_and_stands_in_the_audit_trail(
        self, coordinator: Principal, now: datetime
    ) -> None:
        failed = await ended(now, site_id=coordinator.site_id)
        for _ in range(2):
            await let_be(coordinator, failed, now=now)
        (event,) = await db.fetch("SELECT action, actor_id, subject_id FROM core_audit_event")
        assert (event["action"], event["subject_id"]) == ("message.dropped", failed)
        assert event["actor_id"] == coordinator.id

    async def test_is_not_for_what_is_on_its_way_or_was_tried_again(
        self, coordinator: Principal, now: datetime
    ) -> None:
        waiting = await rows.message(now=now + timedelta(days=1), site_id=coordinator.site_id)
        failed = await ended(now, site_id=coordinator.site_id)
        await try_again(coordinator, failed, now=now)
        for message in (waiting, failed):
            with pytest.raises(NotLetBe):
                await let_be(coordinator, message, now=now)

    async def test_is_for_coordinators_of_the_site(
        self, coordinator: Principal, now: datetime
    ) -> None:
        elsewhere = await ended(now)
        here = await ended(now, site_id=coordinator.site_id)
        for actor, message in (
            (coordinator, elsewhere),
            (await make.principal(Role.RECEPTION, coordinator.site_id), here),
        ):
            with pytest.raises(MessageNotFound):
                await let_be(actor, message, now=now)

    async def test_holds_whatever_is_told_later_unless_it_arrived(
        self, coordinator: Principal, now: datetime
    ) -> None:
        message = await ended(now, Unknown(), site_id=coordinator.site_id)
        await let_be(coordinator, message, now=now)
        for told, known in (("failed", "dropped"), ("delivered", "delivered")):
            async with db.transaction():
                await outcomes.report(message, Status(told), now=now)
            assert await rows.status(message) == known

    async def test_may_have_been_a_slip(self, coordinator: Principal, now: datetime) -> None:
        failed = await ended(now, site_id=coordinator.site_id)
        await let_be(coordinator, failed, now=now)
        made = await rows.read(await try_again(coordinator, failed, now=now))
        assert (made.status, made.again_of) == ("queued", failed)

    async def test_makes_no_number_right(self, coordinator: Principal, now: datetime) -> None:
        number = "+41790000002"
        person = await make.borrower(
            site_id=coordinator.site_id, contact_kind="phone", phone=number
        )
        for _ in range(2):
            failed = await ended(
                now, site_id=coordinator.site_id, borrower_id=person.id, address=number
            )
            await let_be(coordinator, failed, now=now)
        assert await rows.doubt_about(person.id) == Doubt.FAILED


class TestTheSwitchAndTheBudget:
    async def test_coordinators_read_how_sending_stands_and_change_nothing(
        self, coordinator: Principal, client: AsyncClient, now: datetime
    ) -> None:
        user = await make.user(role=Role.COORDINATOR, site_id=coordinator.site_id)
        await sign_in(client, user)
        assert 'href="/messages/sending"' in (await client.get("/messages")).text
        page = (await client.get("/messages/sending")).text
        assert "No budget is set" in page
        admin = await make.principal(Role.ADMIN)
        command = DecideSending(stopped=True, budget=50, currency="CHF")
        await decide_sending(admin, command, version=0, now=now)
        page = (await client.get("/messages/sending")).text
        assert "Sending is stopped." in page
        assert "40.00" in page.split("on, the page of messages warns")[0]
        assert "<form" not in page.split("<main")[1]
        assert (await client.post("/messages/sending", data={"version": "1"})).status_code == 403

    async def test_stop_sending_until_it_goes_on(self, database: Any, now: datetime) -> None:
        admin = await make.principal(Role.ADMIN)
        gateway = RecordingGateway()
        await rows.message(now=now)
        await decide_sending(admin, DecideSending(stopped=True), version=0, now=now)
        assert await dispatch([Route(gateway)], now=now) == 0
        assert (await read_sending(now=now)).stopped_at == now
        await decide_sending(admin, DecideSending(stopped=False), version=1, now=now)
        assert await dispatch([Route(gateway)], now=now) == 1

    async def test_say_since_when_and_stand_in_the_audit_trail(
        self, database: Any, now: datetime
    ) -> None:
        admin = await make.principal(Role.ADMIN)
        await decide_sending(admin, DecideSending(stopped=True), version=0, now=now)
        later = now + timedelta(hours=1)
        await decide_sending(admin, DecideSending(stopped=True, budget=50), version=1, now=later)
        assert (await read_sending(now=later)).stopped_at == now
        events = await db.fetch("SELECT action, changes FROM core_audit_event ORDER BY id")
        assert [event["action"] for event in events] == ["sending.decided"] * 2
        assert "budget" in events[1]["changes"]
        assert "stopped" not in events[1]["changes"]

    async def test_warn_when_four_fifths_are_spent(self, database: Any, now: datetime) -> None:
        await decide_sending(
            await make.principal(Role.ADMIN),
            DecideSending(stopped=False, budget=1),
            version=0,
            now=now,
        )
        assert not (await read_sending(now=now)).nearly_spent
        await rows.message(now=now)
        await dispatch([Route(RecordingGateway(part_price=8000))], now=now)
        found = await read_sending(now=now)
        assert (str(found.spent), found.nearly_spent) == ("0.8", True)
        next_month = await read_sending(now=now + timedelta(days=8))
        assert (int(next_month.spent), next_month.nearly_spent) == (0, False)

    @pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
    async def test_are_for_administrators_of_all_sites(
        self, database: Any, now: datetime, role: Role
    ) -> None:
        actor = await make.principal(role, (await make.site()).id)
        with pytest.raises(AdministratorNeeded):
            await decide_sending(actor, DecideSending(stopped=True), version=0, now=now)


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


class TestOverHttp:
    async def test_the_page_says_what_failed_and_why(
        self, client: AsyncClient, now: datetime
    ) -> None:
        site = await make.site()
        person = await make.borrower(site_id=site.id, name="Amina Diallo")
        failed = await ended(now, site_id=site.id, borrower_id=person.id, address="+41791234567")
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=site.id))
        text = (await client.get("/messages")).text
        for expected in ("Amina Diallo", "+41 79 123 45 67", "Failed", "cannot receive"):
            assert expected in text
        answer = await client.post(f"/messages/{failed}/again", data={"next": "/messages"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/messages")
        assert "needs a decision" in (await client.get("/messages")).text

    async def test_a_button_lets_a_message_be(self, client: AsyncClient, now: datetime) -> None:
        site = await make.site()
        failed = await ended(now, site_id=site.id)
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=site.id))
        path = f"/messages/{failed}/let-be"
        assert path in (await client.get("/messages")).text
        answer = await client.post(path, data={"next": "/messages"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/messages")
        assert "needs a decision" in (await client.get("/messages")).text
        every = (await client.get("/messages?state=all")).text
        assert all(each in every for each in ("Let be", "decided to let it be", "/again"))
        assert path not in every
        await client.post(f"/messages/{failed}/again", data={"next": "/messages"})
        await client.post(path, data={"next": "/messages"})  # let be already, and tried again
        assert await rows.status(failed) == "dropped"

    async def test_the_page_says_when_nothing_is_sent(self, client: AsyncClient) -> None:
        await sign_in(client, await make.user(role=Role.ADMIN))
        assert "Nothing leaves the program." in (await client.get("/messages")).text
        form = {"stopped": "yes", "budget": "50", "currency": "chf", "version": "0"}
        answer = await client.post("/messages/sending", data=form)
        assert answer.status_code == 303
        assert "Sending is stopped." in (await client.get("/messages")).text
        page = (await client.get("/messages/sending")).text
        assert 'value="50"' in page
        assert 'value="CHF"' in page

    @pytest.mark.parametrize(
        ("gateway", "said"),
        [
            ("file", ["Written to the file", "this gateway only writes to a file"]),
            ("file-try", ["Written to the file", "this gateway only writes to a file"]),
            ("console", ["Printed on the console", "this gateway only prints"]),
            ("kannel", ["Handed over"]),
        ],
    )
    async def test_the_page_says_what_was_not_sent(
        self, client: AsyncClient, now: datetime, gateway: str, said: list[str]
    ) -> None:
        await rows.message(now=now)
        await dispatch([Route(RecordingGateway(name=gateway))], now=now)
        await sign_in(client, await make.user(role=Role.ADMIN))
        text = (await client.get("/messages?state=sent")).text
        assert all(each in text for each in said)
        assert ("Handed over" in text) is (gateway == "kannel")

    async def test_the_page_warns_of_the_budget(self, client: AsyncClient) -> None:
        now = clock.now()
        admin = await make.principal(Role.ADMIN)
        await decide_sending(
            admin, DecideSending(stopped=False, budget=1, currency="EUR"), version=0, now=now
        )
        await rows.message(now=now)
        gateway = RecordingGateway(part_price=9000, currency="EUR")
        await dispatch([Route(gateway)], now=now)
        await sign_in(client, await make.user(role=Role.ADMIN))
        assert "€0.90 of €1.00 are spent." in (await client.get("/messages")).text

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("budget", "fifty"),
            ("budget", "-1"),
            ("budget", "9999999"),
            ("currency", "€"),
            ("currency", "XXX"),
        ],
    )
    async def test_a_wrong_field_is_told(self, client: AsyncClient, name: str, value: str) -> None:
        await sign_in(client, await make.user(role=Role.ADMIN))
        form = {"budget": "50", "currency": "CHF", "version": "0"} | {name: value}
        answer = await client.post("/messages/sending", data=form)
        assert (answer.status_code, (await read_sending(now=make.MADE_AT)).version) == (422, 0)

    async def test_the_calls_do_the_same(self, client: AsyncClient, now: datetime) -> None:
        failed = await ended(now)
        await use_token(client, "borrowers", "settings")
        (found,) = (await client.get("/api/v1/messages?state=to-decide")).json()["items"]
        assert (found["id"], found["reason"], found["parts"]) == (
            str(failed),
            "number-invalid",
            1,
        )
        made = await client.post(f"/api/v1/messages/{failed}/tries")
        assert (made.status_code, made.json()["again_of"]) == (201, str(failed))
        refused = await client.post(f"/api/v1/messages/{failed}/let-be")
        assert codes(refused) == ["notifications.not-let-be"]
        other = await ended(now)
        dropped = await client.post(f"/api/v1/messages/{other}/let-be")
        assert (dropped.json()["status"], dropped.json()["reason"]) == ("dropped", "let-be")
        again = await client.post(f"/api/v1/messages/{failed}/tries")
        assert codes(again) == ["notifications.not-tried-again"]
        sending = await client.get("/api/v1/sending")
        body = {"stopped": True, "budget": 50}
        headers = {"If-Match": sending.headers["etag"]}
        answer = await client.put("/api/v1/sending", json=body, headers=headers)
        assert (answer.status_code, answer.json()["budget"]) == (200, 50)
        stale = await client.put("/api/v1/sending", json=body, headers=headers)
        assert stale.status_code == 412
