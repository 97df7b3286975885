"""What people wrote, read and answered at the desk: by page and by call."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.notifications.errors import (
    ConversationChanged,
    ConversationNotFound,
    NumberNotAnswered,
)
from comptoir.notifications.inbox.queries import (
    count_waiting,
    list_waiting,
    read_conversation,
    read_thread,
)
from comptoir.notifications.inbox.schemas import AnswerByHand, ConversationRow, InboxFilter
from comptoir.notifications.inbox.services import answer_by_hand, mark_done
from comptoir.notifications.kinds import BY_HAND
from comptoir.notifications.reminders.tables import BorrowerWish
from comptoir.notifications.tables import Conversation, Message
from tests import factories as make
from tests.http_client import client_of, codes, sign_in, use_token
from tests.notifications.hook import SECRET, reply
from tests.notifications.reminders.world import World

NUMBER = "+41791234567"


@pytest.fixture
async def client(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setenv("COMPTOIR_KANNEL_SECRET", SECRET)
    async with client_of() as client:
        yield client


@pytest.fixture
async def world(database: Any) -> World:
    return await World.made()


@pytest.fixture
async def desk(world: World) -> Principal:
    return await make.principal(Role.RECEPTION, world.site.id)


async def wrote(client: AsyncClient, words: str = "Je suis malade", sender: str = NUMBER) -> UUID:
    """Somebody writes; their conversation."""
    client.headers.pop("Sec-Fetch-Site", None)  # no browser asks
    assert (await reply(client, words.encode(), sender=sender)).status_code == 200
    client.headers["Sec-Fetch-Site"] = "same-origin"
    found = await Conversation.objects().get(Conversation.number == sender)
    assert found is not None
    return UUID(str(found.id))


async def read(actor: Principal, conversation: UUID) -> ConversationRow:
    found = await read_conversation(actor, conversation)
    assert found is not None
    return found


async def waiting(actor: Principal, **values: Any) -> list[UUID]:
    return [row.id for row in (await list_waiting(actor, InboxFilter(**values))).rows]


class TestTheList:
    async def test_is_of_ones_own_sites_the_longest_wait_first(
        self, client: AsyncClient, world: World, desk: Principal
    ) -> None:
        mine = []
        for number in ("+41791110001", "+41791110002"):
            await world.person(phone=number)
            mine.append(await wrote(client, sender=number))
        elsewhere = await make.site(short_name="Bulle")
        await make.borrower(site_id=elsewhere.id, phone="+41791110003")
        other = await wrote(client, sender="+41791110003")
        assert await waiting(desk) == mine
        assert await count_waiting(desk) == 2
        assert await waiting(await make.principal(Role.ADMIN)) == [*mine, other]
        with pytest.raises(ConversationNotFound):
            await mark_done(desk, other, version=1, now=clock.now())

    async def test_has_nothing_that_was_done_by_itself(
        self, client: AsyncClient, world: World, desk: Principal
    ) -> None:
        await world.person(phone=NUMBER)
        await wrote(client, "HORAIRES")
        assert await waiting(desk) == []

    async def test_of_strangers_at_several_sites_is_for_those_who_see_all(
        self, client: AsyncClient, world: World, desk: Principal
    ) -> None:
        await make.site(short_name="Bulle")
        stranger = await wrote(client)
        assert await waiting(desk) == []
        assert await waiting(await make.principal(Role.ADMIN)) == [stranger]

    async def test_goes_on_where_the_page_before_ended(
        self, client: AsyncClient, world: World, desk: Principal
    ) -> None:
        made = []
        for number in range(5):
            await world.person(phone=f"+4179222000{number}")
            made.append(await wrote(client, sender=f"+4179222000{number}"))
        first = await list_waiting(desk, InboxFilter(limit=2))
        assert [row.id for row in first.rows] == made[:2]
        assert await waiting(desk, after=first.next) == made[2:]

    async def test_takes_one_statement_however_long(
        self, client: AsyncClient, world: World, desk: Principal
    ) -> None:
        for number in range(5):
            await world.person(phone=f"+4179222000{number}")
            await wrote(client, sender=f"+4179222000{number}")
        with db.count_statements() as sent:
            await list_waiting(desk, InboxFilter())
        assert len(sent) == 1


class TestTheThread:
    async def test_has_both_sides_in_their_order(
        self, client: AsyncClient, world: World, desk: Principal
    ) -> None:
        await world.person(phone=NUMBER)
        await wrote(client, "HORAIRES")
        talk = await read(desk, await wrote(client, "Merci !"))
        said = await read_thread(desk, talk)
        assert [each.theirs for each in said] == [True, False, True]
        assert (said[0].text, said[2].text) == ("HORAIRES", "Merci !")
        with db.count_statements() as sent:
            await read_thread(desk, talk)
        assert len(sent) == 2

    async def test_shows_nothing_of_whoever_had_the_number_before(
        self, client: AsyncClient, world: World, desk: Principal
    ) -> None:
        before = await world.person(phone=NUMBER)
        await wrote(client, "Un secret")
        await db.execute("UPDATE lending_borrower SET phone = '' WHERE id = :id", id=before.id)
        await world.person(phone=NUMBER)
        talk = await read(desk, await wrote(client, "Bonjour"))
        assert [each.text for each in await read_thread(desk, talk)] == ["Bonjour"]
        assert talk.text == "Bonjour"

    async def test_shows_no_message_of_a_site_one_may_not_know(
        self, client: AsyncClient, world: World, desk: Principal
    ) -> None:
        person = await world.person(phone=NUMBER)
        conversation = await wrote(client, "HORAIRES")
        elsewhere = await make.site(short_name="Bulle")
        await Message.update({Message.site: elsewhere.id}, force=True)
        assert person.phone == NUMBER
        said = await read_thread(desk, await read(desk, conversation))
        assert [each.theirs for each in said] == [True]


class TestAnswering:
    async def test_writes_to_the_number_and_is_done_with_it(
        self, client: AsyncClient, world: World, desk: Principal, now: datetime
    ) -> None:
        person = await world.person(phone=NUMBER, language="de")
        conversation = await wrote(client, "Wann?")
        await answer_by_hand(
            desk, conversation, AnswerByHand(text=" Wir rufen an. \n"), version=1, now=now
        )
        (message,) = await Message.objects()
        assert (message.kind, message.address, message.borrower, message.language) == (
            "answer-by-hand",
            NUMBER,
            person.id,
            "de",
        )
        assert message.text == "Wir rufen an.\nFribourg: heute 9-17 Uhr."
        assert message.site == world.site.id
        assert await waiting(desk) == []

    async def test_of_the_barest_form_says_what_was_written_alone(
        self, client: AsyncClient, world: World, desk: Principal, now: datetime
    ) -> None:
        person = await world.person(phone=NUMBER)
        await BorrowerWish(borrower=person.id, barest=True).save()
        conversation = await wrote(client)
        await answer_by_hand(desk, conversation, AnswerByHand(text="Oui"), version=1, now=now)
        (message,) = await Message.objects()
        assert message.text == "Oui"

    async def test_of_a_stranger_at_several_sites_names_none(
        self, client: AsyncClient, world: World, now: datetime
    ) -> None:
        await make.site(short_name="Bulle")
        conversation = await wrote(client)
        actor = await make.principal(Role.COORDINATOR)
        await answer_by_hand(actor, conversation, AnswerByHand(text="Oui"), version=1, now=now)
        (message,) = await Message.objects().where(Message.kind == BY_HAND)
        assert message.text == "Oui"

    async def test_of_one_form_is_sent_once(
        self, client: AsyncClient, world: World, desk: Principal, now: datetime
    ) -> None:
        await world.person(phone=NUMBER)
        conversation = await wrote(client)
        form = new_id()
        for _ in range(2):
            await answer_by_hand(
                desk, conversation, AnswerByHand(text="Oui"), version=1, attempt=form, now=now
            )
        assert await Message.count() == 1

    async def test_leaves_waiting_what_was_written_meanwhile(
        self, client: AsyncClient, world: World, desk: Principal, now: datetime
    ) -> None:
        await world.person(phone=NUMBER)
        conversation = await wrote(client)
        await wrote(client, "Encore une chose")
        await answer_by_hand(desk, conversation, AnswerByHand(text="Oui"), version=1, now=now)
        assert await waiting(desk) == [conversation]

    async def test_is_not_for_what_no_text_gets_to(
        self, client: AsyncClient, world: World, desk: Principal, now: datetime
    ) -> None:
        await world.person(phone="+41265550110")
        conversation = await wrote(client, sender="+41265550110")
        with pytest.raises(NumberNotAnswered):
            await answer_by_hand(desk, conversation, AnswerByHand(text="Oui"), version=1, now=now)

    async def test_stands_in_the_audit_trail_without_the_text(
        self, client: AsyncClient, world: World, desk: Principal, now: datetime
    ) -> None:
        person = await world.person(phone=NUMBER)
        conversation = await wrote(client)
        await answer_by_hand(desk, conversation, AnswerByHand(text="Oui"), version=1, now=now)
        (event,) = await db.fetch("SELECT * FROM core_audit_event")
        assert (event["action"], event["subject_id"], event["related_a_id"]) == (
            "conversation.answered",
            conversation,
            person.id,
        )
        assert "Oui" not in event["changes"]


class TestDone:
    async def test_needs_what_is_there_to_have_been_read(
        self, client: AsyncClient, world: World, desk: Principal, now: datetime
    ) -> None:
        await world.person(phone=NUMBER)
        conversation = await wrote(client, "AIDE")
        assert (await read(desk, conversation)).call_wanted
        await wrote(client, "Encore une chose")
        with pytest.raises(ConversationChanged):
            await mark_done(desk, conversation, version=1, now=now)
        for _ in range(2):
            await mark_done(desk, conversation, version=2, now=now)
        found = await read(desk, conversation)
        assert (found.waiting_since, found.call_wanted) == (None, False)


class TestOverHttp:
    async def test_the_desk_reads_answers_and_is_done(
        self, client: AsyncClient, world: World
    ) -> None:
        await world.person(phone=NUMBER, name="Amina Diallo")
        conversation = await wrote(client, "AIDE <b>svp</b>")
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=world.site.id))
        page = (await client.get("/replies")).text
        for expected in ("Amina Diallo", "+41 79 123 45 67", "Wants a call", "&lt;b&gt;svp"):
            assert expected in page
        assert "(1<span" in (await client.get("/replies/count")).text
        thread = (await client.get(f"/replies/{conversation}")).text
        assert "AIDE &lt;b&gt;svp" in thread
        assert '<span lang="fr">Fribourg : ' in thread
        assert "This is added beneath:" in thread
        form = {"text": "Nous appelons demain.", "version": "1", "form": str(new_id())}
        answer = await client.post(f"/replies/{conversation}/answer", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/replies")
        page = (await client.get("/replies")).text
        assert "Nobody waits" in page
        assert '<details class="more" open>' in page
        assert "renews what can be renewed" in page
        assert (await client.get("/replies/count")).text.strip() == ""

    @pytest.mark.parametrize(("text", "told"), [(" ", "Write what"), ("x" * 2000, "too long")])
    async def test_a_wrong_text_is_told_and_kept(
        self, client: AsyncClient, world: World, text: str, told: str
    ) -> None:
        await world.person(phone=NUMBER)
        conversation = await wrote(client)
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=world.site.id))
        form = {"text": text, "version": "1"}
        answer = await client.post(f"/replies/{conversation}/answer", data=form)
        assert answer.status_code == 422
        assert told in answer.text
        assert await Message.count() == 0

    async def test_another_sites_desk_finds_nothing(
        self, client: AsyncClient, world: World
    ) -> None:
        await world.person(phone=NUMBER)
        conversation = await wrote(client)
        elsewhere = await make.site(short_name="Bulle")
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=elsewhere.id))
        for answer in (
            await client.get(f"/replies/{conversation}"),
            await client.post(f"/replies/{conversation}/done", data={"version": "1"}),
            await client.post(f"/replies/{conversation}/answer", data={"text": "a"}),
        ):
            assert answer.status_code == 404

    async def test_the_calls_do_the_same(self, client: AsyncClient, world: World) -> None:
        await world.person(phone=NUMBER, name="Amina Diallo")
        conversation = await wrote(client)
        await use_token(client, "borrowers")
        found = await client.get("/api/v1/conversations")
        (line,) = found.json()["items"]
        assert (line["id"], line["number"]) == (str(conversation), NUMBER)
        assert "Amina" not in found.text
        here = f"/api/v1/conversations/{conversation}"
        one = await client.get(here)
        assert [each["text"] for each in one.json()["said"]] == ["Je suis malade"]
        headers = {"If-Match": one.headers["etag"]}
        answer = await client.post(f"{here}/answers", json={"text": "Bon"}, headers=headers)
        assert (answer.status_code, answer.json()["waiting_since"]) == (200, None)
        assert [each["theirs"] for each in answer.json()["said"]] == [True, False]
        await wrote(client, "Merci")
        await use_token(client, "borrowers")
        stale = await client.post(f"{here}/done", headers=headers)
        assert (stale.status_code, codes(stale)) == (
            412,
            ["notifications.conversation-changed"],
        )
        fresh = {"If-Match": (await client.get(here)).headers["etag"]}
        done = await client.post(f"{here}/done", headers=fresh)
        assert (done.status_code, done.json()["waiting_since"]) == (200, None)


class TestWhoAsksForACall:
    async def test_is_on_the_list_of_calls_until_they_were_called(
        self, client: AsyncClient, world: World
    ) -> None:
        user = await make.user(role=Role.RECEPTION, site_id=world.site.id)
        await sign_in(client, user)
        await world.person(phone=NUMBER, name="Amina Diallo")
        conversation = await wrote(client, "ça marche pas, aidez-moi")
        await wrote(client, "Je suis malade", sender="+41791234568")
        listed = (await client.get("/calls")).text
        assert "Amina Diallo" in listed
        assert "ça marche pas, aidez-moi" in listed
        assert "Je suis malade" not in listed
        assert "(1" in (await client.get("/calls/count")).text
        assert "1 person to call" in (await client.get("/desk")).text
        assert "Amina" not in (await client.get("/calls?state=later")).text
        form = {"version": fields_of(listed)["version"], "next": "/calls?state=now"}
        answer = await client.post(f"/replies/{conversation}/done", data=form)
        assert answer.headers["location"] == "/calls?state=now"
        assert "Amina" not in (await client.get("/calls")).text
        assert "Nobody is to be called." in (await client.get("/calls")).text

    async def test_of_another_site_is_not(self, client: AsyncClient, world: World) -> None:
        other = await make.site(short_name="Bulle")
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=other.id))
        await world.person(phone=NUMBER, name="Amina Diallo")
        await wrote(client, "AIDE")
        assert "Amina" not in (await client.get("/calls")).text
        assert "(1" not in (await client.get("/calls/count")).text


def fields_of(page: str) -> dict[str, str]:
    """What the form of the first conversation in a list sends."""
    form = page[page.index('action="/replies/') :]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))
