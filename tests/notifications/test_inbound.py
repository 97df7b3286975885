"""What comes of an answer that somebody sends: over HTTP, as a gateway passes it on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.principal import SYSTEM, Role
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.tables import Borrower, Loan, Policy
from comptoir.notifications.inbound.rules import (
    ANSWERS_AN_HOUR,
    ANSWERS_TO_STRANGERS_A_DAY,
    OLDEST,
)
from comptoir.notifications.own_wordings.schemas import Form, Key, SaveWording
from comptoir.notifications.own_wordings.services import save_wording
from comptoir.notifications.reminders.tables import BorrowerWish
from comptoir.notifications.tables import Conversation, Message, Reply
from tests import factories as make
from tests.http_client import client_of
from tests.notifications.hook import SECRET, reply
from tests.notifications.reminders.world import World

NUMBER = "+41791234567"


@pytest.fixture
async def client(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setenv("COMPTOIR_KANNEL_SECRET", SECRET)
    async with client_of() as client:
        client.headers.pop("Sec-Fetch-Site")  # no browser asks
        yield client


@pytest.fixture
async def world(database: Any) -> World:
    return await World.made()


async def text(client: AsyncClient, words: str, **values: str) -> None:
    answer = await reply(client, words.encode(), **values)
    assert (answer.status_code, answer.text) == (200, "")


async def answers() -> list[Message]:
    """What was written back, in its order."""
    rows = await Message.objects().order_by(Message.id)
    return [row for row in rows if row.kind.startswith("answer-")]


async def kinds() -> list[str]:
    return [row.kind for row in await answers()]


async def conversation(number: str = NUMBER) -> Conversation:
    found = await Conversation.objects().get(Conversation.number == number)
    assert found is not None
    return found


async def due(loan: Loan) -> datetime:
    row = await Loan.select(Loan.due_at).where(Loan.id == loan.id).first()
    assert row is not None
    at: datetime = row["due_at"]
    return at


def in_days(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


class TestRenew:
    async def test_moves_the_due_date_and_tells_the_new_one_and_the_place(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        loan = await world.loan(person, due_at=in_days(2))
        before = await due(loan)
        await text(client, "Prolonger svp 🙏")
        assert await due(loan) > before + timedelta(days=10)
        (answer,) = await answers()
        assert (answer.kind, answer.address, answer.borrower) == (
            "answer-renewed",
            NUMBER,
            person.id,
        )
        assert answer.text.startswith("C'est prolongé ! Nouvelle date : ")
        assert "Fribourg :" in answer.text
        (kept,) = await Reply.objects()
        assert (kept.wish, kept.answer) == ("renew", answer.id)
        assert answer.dedupe_key == f"answer:{kept.id}"
        assert (await conversation()).waiting_since is None

    async def test_answers_in_the_language_that_was_written(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER, language="fr")
        await world.loan(person, due_at=in_days(2))
        await text(client, "Bitte verlängern")
        (answer,) = await answers()
        assert (answer.language, answer.text[:16]) == ("de", "Gern verlängert!")

    async def test_is_answered_in_the_wording_that_a_coordinator_saved(
        self, client: AsyncClient, world: World
    ) -> None:
        key = Key("answer-renewed", "fr", Form.USUAL)
        saved = SaveWording(text="Ça marche, jusqu’au {{due}}. {{place}}")
        coordinator = await make.principal(Role.ADMIN)
        await save_wording(coordinator, key, saved, version=0, now=clock.now())
        await world.loan(await world.person(phone=NUMBER), due_at=in_days(2))
        await text(client, "prolonger")
        (answer,) = await answers()
        assert answer.text.startswith("Ça marche, jusqu’au ")

    async def test_told_twice_by_the_gateway_renews_once(
        self, client: AsyncClient, world: World
    ) -> None:
        loan = await world.loan(await world.person(phone=NUMBER), due_at=in_days(2))
        for _ in range(2):
            await text(client, "PROLONGER", id="the same")
        assert [row["renewals"] for row in await Loan.select(Loan.renewals)] == [1]
        assert len(await answers()) == 1
        assert await due(loan) > in_days(10)

    async def test_written_twice_renews_once_and_tells_the_date_again(
        self, client: AsyncClient, world: World
    ) -> None:
        loan = await world.loan(await world.person(phone=NUMBER), due_at=in_days(2))
        await text(client, "PROLONGER")
        once = await due(loan)
        await text(client, "prolonger")
        assert await due(loan) == once
        first, second = await answers()
        assert (second.kind, second.text) == ("answer-renewed", first.text)

    async def test_renews_all_that_is_due_on_the_next_day_and_nothing_later(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        first, second = [await world.loan(person, due_at=in_days(2)) for _ in range(2)]
        later = await world.loan(person, due_at=in_days(5))
        before = await due(later)
        await text(client, "PROLONGER")
        assert min(await due(first), await due(second)) > in_days(10)
        assert await due(later) == before
        (answer,) = await answers()
        assert "2 x laptop" in answer.text

    async def test_what_is_brought_back_elsewhere_says_where(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        bulle = await make.site(short_name="Bulle")
        await world.loan(person, due_at=in_days(2))
        await world.loan(person, due_at=in_days(2), return_site=bulle.id)
        await text(client, "PROLONGER")
        (answer,) = await answers()
        assert answer.text.startswith("C'est prolongé : laptop (")
        assert answer.text.count("Bulle") == 1
        assert ", Bulle)" in answer.text

    async def test_what_is_overdue_is_due_today(self, client: AsyncClient, world: World) -> None:
        person = await world.person(phone=NUMBER)
        late, later = [await world.loan(person, due_at=in_days(-days)) for days in (9, 2)]
        next_week = await world.loan(person, due_at=in_days(7))
        before = await due(next_week)
        await text(client, "PROLONGER")
        assert min(await due(late), await due(later)) > in_days(10)
        assert await due(next_week) == before

    async def test_what_the_policy_forbids_stays_and_it_is_said_why(
        self, client: AsyncClient, world: World
    ) -> None:
        await Policy.update({Policy.renewals: 0}, force=True)
        loan = await world.loan(await world.person(phone=NUMBER), due_at=in_days(2))
        before = await due(loan)
        await text(client, "PROLONGER")
        assert await due(loan) == before
        (answer,) = await answers()
        assert answer.kind == "answer-not-renewed"
        assert "c'est déjà le maximum. Fribourg : " in answer.text
        assert "Répondez AIDE" in answer.text

    async def test_what_could_not_be_renewed_is_named_beside_what_was(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        await world.loan(person, due_at=in_days(2))
        await world.loan(person, due_at=in_days(2), renewals=2)
        await text(client, "PROLONGER")
        (answer,) = await answers()
        assert answer.text.startswith("C'est prolongé ! Nouvelle date : ")
        assert "Pas possible pour : laptop (" in answer.text

    async def test_the_barest_answer_names_no_thing(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        await BorrowerWish(borrower=person.id, barest=True).save()
        await world.loan(person, due_at=in_days(2))
        await world.loan(person, due_at=in_days(2), renewals=2)
        await text(client, "PROLONGER")
        (answer,) = await answers()
        assert "Laptop" not in answer.text
        assert "Pas possible pour : objet (" in answer.text

    async def test_nothing_on_loan_is_nothing_to_renew(
        self, client: AsyncClient, world: World
    ) -> None:
        await world.person(phone=NUMBER)
        await text(client, "PROLONGER")
        (answer,) = await answers()
        assert "vous n'avez rien à rapporter" in answer.text

    async def test_names_no_person_and_no_code(self, client: AsyncClient, world: World) -> None:
        person = await world.person(phone=NUMBER, name="Amina Diallo")
        await world.loan(person, due_at=in_days(2))
        for words in ("PROLONGER", "HORAIRES", "AIDE"):
            await text(client, words)
        codes = await db.fetch("SELECT code FROM inventory_item")
        for answer in await answers():
            for secret in ("Amina", "Diallo", *(row["code"] for row in codes)):
                assert secret not in answer.text


class TestOtherWishes:
    async def test_hours_are_those_of_ones_own_site(
        self, client: AsyncClient, world: World
    ) -> None:
        await make.site(short_name="Bulle", created_at=make.MADE_AT - timedelta(days=1))
        await world.person(phone=NUMBER)
        await text(client, "Horaires?")
        (answer,) = await answers()
        assert (answer.kind, answer.site) == ("answer-hours", world.site.id)
        assert answer.text.startswith("Avec plaisir. Fribourg : ")
        assert "9h-17h" in answer.text

    async def test_help_waits_for_a_call_from_the_desk(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        await text(client, "AIDE")
        found = await conversation()
        assert (found.call_wanted, found.site, found.borrower) == (
            True,
            world.site.id,
            person.id,
        )
        assert found.waiting_since is not None
        assert await kinds() == ["answer-help"]

    @pytest.mark.parametrize(
        "words", ["Je suis à l'hôpital jusqu'à lundi", "", "👍", "x" * 900, "Lettre " * 285]
    )
    async def test_anything_else_is_for_a_person_and_is_not_answered(
        self, client: AsyncClient, world: World, words: str
    ) -> None:
        await world.person(phone=NUMBER)
        await text(client, words)
        assert (await conversation()).waiting_since is not None
        assert await answers() == []

    async def test_what_was_written_long_ago_is_for_a_person(
        self, client: AsyncClient, world: World
    ) -> None:
        loan = await world.loan(await world.person(phone=NUMBER), due_at=in_days(2))
        before = await due(loan)
        at = clock.now() - OLDEST - timedelta(minutes=1)
        await text(client, "PROLONGER", at=str(int(at.timestamp())))
        assert await due(loan) == before
        assert (await conversation()).waiting_since is not None


async def wish_of(person: Borrower) -> BorrowerWish | None:
    return await BorrowerWish.objects().where(BorrowerWish.borrower == person.id).first()


class TestStop:
    async def test_is_confirmed_once_and_start_resumes(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        for _ in range(3):
            await text(client, "STOP")
        wish = await wish_of(person)
        assert wish is not None
        assert wish.stopped_at is not None
        assert await kinds() == ["answer-stopped"]
        await text(client, "START")
        wish = await wish_of(person)
        assert wish is not None
        assert wish.stopped_at is None
        assert await kinds() == ["answer-stopped", "answer-started"]
        actions = await db.fetch("SELECT action FROM core_audit_event ORDER BY id")
        assert [row["action"] for row in actions] == [
            "borrower.messages_stopped",
            "borrower.messages_resumed",
        ]

    async def test_keeps_what_else_was_wished(self, client: AsyncClient, world: World) -> None:
        person = await world.person(phone=NUMBER)
        await BorrowerWish(borrower=person.id, barest=True).save()
        await text(client, "STOP")
        wish = await wish_of(person)
        assert wish is not None
        assert wish.barest

    async def test_not_me_stops_and_keeps_the_number_in_mind(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        await text(client, "Ce n'est pas moi")
        wish = await wish_of(person)
        assert wish is not None
        assert (wish.stopped_at is not None, wish.wrong_number) == (True, NUMBER)
        assert await kinds() == ["answer-not-me"]
        assert (await conversation()).waiting_since is not None

    async def test_of_a_shared_number_holds_for_all_of_it(
        self, client: AsyncClient, world: World
    ) -> None:
        people = [await world.person(phone=NUMBER) for _ in range(3)]
        await text(client, "STOP")
        for person in people:
            wish = await wish_of(person)
            assert wish is not None
            assert wish.stopped_at is not None


class TestWhoeverItIs:
    async def test_a_stranger_gets_one_answer_a_day_that_tells_nothing(
        self, client: AsyncClient, world: World
    ) -> None:
        for words in ("PROLONGER", "STOP", "HORAIRES", "Qui êtes-vous ?"):
            await text(client, words)
        (answer,) = await answers()
        assert (answer.kind, answer.borrower) == ("answer-unknown", None)
        found = await conversation()
        assert (found.site, found.borrower) == (world.site.id, None)
        assert found.waiting_since is not None

    async def test_where_there_are_several_sites_a_stranger_is_told_of_none(
        self, client: AsyncClient, world: World
    ) -> None:
        await make.site(short_name="Bulle")
        await text(client, "AIDE")
        (answer,) = await answers()
        assert answer.text == "Bonjour, nous ne connaissons pas ce numéro."
        assert (await conversation()).site is None

    @pytest.mark.parametrize("sender", ["Comptoir", "800", "+41265550110", "+41900123456"])
    async def test_what_no_mobile_phone_sent_is_not_answered(
        self, client: AsyncClient, world: World, sender: str
    ) -> None:
        await text(client, "PROLONGER", sender=sender)
        assert await answers() == []
        assert await Reply.count() == 1

    async def test_a_number_of_two_renews_nothing_and_a_person_reads_it(
        self, client: AsyncClient, world: World
    ) -> None:
        loans = [
            await world.loan(await world.person(phone=NUMBER), due_at=in_days(2)) for _ in range(2)
        ]
        before = [await due(loan) for loan in loans]
        await text(client, "PROLONGER")
        assert [await due(loan) for loan in loans] == before
        (answer,) = await answers()
        assert (answer.kind, answer.borrower) == ("answer-not-renewed", None)
        found = await conversation()
        assert (found.site, found.borrower) == (world.site.id, None)
        assert found.waiting_since is not None


class TestManyAtOnce:
    async def test_a_flood_is_kept_whole_and_answered_within_limits(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        numbers = [f"+4179000{number:04}" for number in range(ANSWERS_TO_STRANGERS_A_DAY + 15)]
        for first in range(0, 2 * len(numbers), 10):
            some = (numbers * 2)[first : first + 10]
            await asyncio.gather(*(text(client, "PROLONGER", sender=each) for each in some))
        assert await Reply.count() == 2 * len(numbers)
        # Those of one moment do not see one another's answers.
        assert ANSWERS_TO_STRANGERS_A_DAY <= len(await answers()) < ANSWERS_TO_STRANGERS_A_DAY + 10
        await text(client, "HORAIRES")  # whoever is known is answered all the same
        assert (await answers())[-1].borrower == person.id

    async def test_beyond_the_limit_nothing_is_answered(
        self, client: AsyncClient, world: World
    ) -> None:
        await world.person(phone=NUMBER)
        for _ in range(ANSWERS_AN_HOUR + 3):
            await text(client, "HORAIRES")
        assert len(await answers()) == ANSWERS_AN_HOUR
        assert (await conversation()).waiting_since is not None

    async def test_of_one_moment_are_counted_one_after_the_other(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        loan = await world.loan(person, due_at=in_days(2))
        words = ["PROLONGER"] * 4 + ["HORAIRES"] * 8
        await asyncio.gather(*(text(client, each) for each in words))
        assert await Reply.count() == len(words)
        assert len(await answers()) == ANSWERS_AN_HOUR
        row = await Loan.select(Loan.renewals).where(Loan.id == loan.id).first()
        assert row is not None
        assert row["renewals"] <= 1

    async def test_a_machine_that_sends_each_answer_back_comes_to_an_end(
        self, client: AsyncClient, world: World
    ) -> None:
        person = await world.person(phone=NUMBER)
        await world.loan(person, due_at=in_days(2))
        for first in ("PROLONGER", "HORAIRES", "AIDE", "START", "STOP"):
            await text(client, first)
            told = len(await answers())
            for _ in range(30):
                await text(client, (await answers())[-1].text)
                if len(await answers()) == told:
                    break
                told = len(await answers())
            else:
                pytest.fail("it goes on for ever")
        assert len(await answers()) <= ANSWERS_AN_HOUR

    async def test_beside_a_desk_that_renews_the_loan_is_renewed_once(
        self, client: AsyncClient, world: World
    ) -> None:
        loan = await world.loan(await world.person(phone=NUMBER), due_at=in_days(2))
        await asyncio.gather(
            text(client, "PROLONGER"), renew_loan(SYSTEM, loan.id, seen=0, now=clock.now())
        )
        assert [row["renewals"] for row in await Loan.select(Loan.renewals)] == [1]
        assert await kinds() == ["answer-renewed"]


class TestANumberWithoutItsCountry:
    """Some gateways pass numbers on as they are dialled at home."""

    @pytest.mark.parametrize(
        ("countries", "sender", "recipient", "kept"),
        [
            (["CH"], "0791234567", "", "+41791234567"),
            (["FR"], "06 12 34 56 78", "Comptoir", "+33612345678"),
            (["FR"], "0791234567", "+41765550110", "+41791234567"),
            (["CH"], "+33612345678", "", "+33612345678"),
            (["CH"], "0033612345678", "", "+33612345678"),
            # Both have such numbers, and nobody is known by either.
            (["CH", "FR"], "0791234567", "", "0791234567"),
            (["CH", "FR"], "0612345678", "", "+33612345678"),
            # What no telephone has stays as it came.
            (["CH"], "4040", "", "4040"),
            (["CH"], "Swisscom", "", "Swisscom"),
            ([], "0791234567", "", "0791234567"),
        ],
    )
    async def test_is_read_as_where_it_came_to(
        self, client: AsyncClient, countries: list[str], sender: str, recipient: str, kept: str
    ) -> None:
        for country in countries:
            await make.site(country=country)
        await reply(client, b"?", sender=sender, to=recipient)
        [found] = await Reply.objects()
        assert found.sender == kept

    async def test_is_that_of_the_one_who_is_known_by_it(self, client: AsyncClient) -> None:
        for country in ("CH", "FR"):
            await make.site(country=country)
        person = await make.borrower(phone="+33791234567")
        await reply(client, b"?", sender="0791234567", to="")
        [found] = await Reply.objects()
        assert (found.sender, found.borrower) == ("+33791234567", person.id)
        await make.borrower(phone="+41791234567")
        await reply(client, b"!", sender="0791234567", to="")
        assert [row.sender for row in await Reply.objects().order_by(Reply.id)][1] == "0791234567"
