"""The link in a text message: made when it goes out, open for a while, and telling little."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock, db
from comptoir.core.principal import Role
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.tables import Borrower, Loan, Policy
from comptoir.notifications import retention
from comptoir.notifications.calls.schemas import Outcome, RecordOutcome
from comptoir.notifications.calls.services import record_outcome, undo_outcome
from comptoir.notifications.channels import Channel
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.inbound import wishes
from comptoir.notifications.links.making import LASTS
from comptoir.notifications.links.opening import FREE
from comptoir.notifications.links.tables import BorrowerLink
from comptoir.notifications.links.tokens import LENGTH, PATH, STAND_IN, token_hash
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.reminders.tables import BorrowerWish, SiteSending
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import Message
from tests import factories as make
from tests.http_client import client_of, shared_app
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import World, written

URL = "https://desk.example.org"
#: Bytes of the page with all that it fetches.
MOST = 20_000
LINK = re.compile(rf"{URL}(/m/[A-Za-z2-9]{{{LENGTH}}})(?=\s|$)")


class Sent:
    """A person with a laptop who got a message with a link today."""

    def __init__(self, world: World, person: Borrower, loan: Loan, path: str) -> None:
        self.world, self.person, self.loan, self.path = world, person, loan, path

    async def due(self) -> datetime:
        """Until when they may keep it now."""
        row = await Loan.objects().where(Loan.id == self.loan.id).first()
        assert row is not None
        return row.due_at


async def send(world: World, person: Borrower) -> str:
    """Remind somebody; the path of the link that they get."""
    await sweep(now=clock.now(), base_url=URL)
    gateway = RecordingGateway()
    assert await dispatch([Route(gateway)], now=clock.now()) == 1
    [message] = [each for each in gateway.sent if each.address == person.phone]
    found = LINK.search(message.text)
    assert found, message.text
    return found[1]


@pytest.fixture
async def sent(database: Any) -> Sent:
    shared_app()  # its secret signs links
    world = await World.made(
        name="Espace Info", short_name="Espace Info", street="Rue du Pont 1", published=True
    )
    await Policy.update({Policy.renewals: 2, Policy.length: 14}, force=True)
    await SiteSending(
        site=world.site.id, opens=0, closes=1440, quiet_days="", has_links=True
    ).save()
    person = await world.person(name="Amina Haile", language="de")
    loan = await world.loan(person, due_at=clock.now() + timedelta(days=2))
    return Sent(world, person, loan, await send(world, person))


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        del client.headers["Accept-Language"]
        yield client


def fields(page: str) -> dict[str, str]:
    """What the first form of a page sends."""
    form = page[page.index("<form") : page.index("</form>")]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


async def tap(client: AsyncClient, path: str, **headers: str) -> Response:
    """Open the page and press its button."""
    page = await client.get(path)
    return await client.post(path, data=fields(page.text), headers=headers)


class TestMaking:
    async def test_the_outbox_holds_no_secret(self, sent: Sent) -> None:
        [message] = await written()
        assert message.text.endswith(f"{URL}{STAND_IN}")
        [kept] = await BorrowerLink.objects()
        assert sent.path.removeprefix("/m/") not in str(vars(kept))
        assert (kept.address, kept.expires_at) == (sent.person.phone, sent.loan.due_at + LASTS)

    async def test_its_parts_are_counted_with_it(self, sent: Sent) -> None:
        [message] = await written()
        assert len(message.text) == len(message.text.replace(STAND_IN, sent.path))
        assert message.parts == 2

    async def test_is_signed(self, sent: Sent, client: AsyncClient) -> None:
        made = sent.path.removeprefix(PATH)
        forged = made[:-1] + ("2" if made[-1] != "2" else "3")
        await BorrowerLink.update({BorrowerLink.token_hash: token_hash(forged)}, force=True)
        assert (await client.get(PATH + forged)).status_code == 404
        await BorrowerLink.update({BorrowerLink.token_hash: token_hash(made)}, force=True)
        assert (await client.get(sent.path)).status_code == 200

    async def test_each_message_has_its_own(self, sent: Sent, client: AsyncClient) -> None:
        await Message.update({Message.status: "queued"}, force=True)
        await Message.update({Message.next_attempt_at: clock.now()}, force=True)
        gateway = RecordingGateway()
        await dispatch([Route(gateway)], now=clock.now())
        found = LINK.search(gateway.sent[0].text)
        assert found
        assert found[1] != sent.path
        for path in (found[1], sent.path):
            assert (await client.get(path)).status_code == 200

    async def test_an_e_mail_has_one_and_a_letter_has_none(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        person = await sent.world.person(contact_kind="email", phone="", email="a@example.org")
        paper = await sent.world.person(contact_kind="letter", phone="", address="Rue du Pont 1")
        for each in (person, paper):
            await sent.world.loan(each, due_at=clock.now() + timedelta(days=2))
        await sweep(now=clock.now(), base_url=URL)
        [letter] = await written(borrower=paper.id)
        assert "/m/" not in letter.text
        gateway = RecordingGateway(channels=frozenset({Channel.EMAIL}))
        await dispatch([Route(gateway)], now=clock.now())
        found = LINK.search(gateway.sent[0].text)
        assert found
        assert (await client.get(found[1])).status_code == 200
        await Borrower.update({Borrower.email: "b@example.org"}, force=True)
        assert (await client.get(found[1])).status_code == 404

    async def test_a_site_sends_none_unless_it_decides_so(self, database: Any) -> None:
        world = await World.made()
        await SiteSending(site=world.site.id, opens=0, closes=1440, quiet_days="").save()
        await world.loan(await world.person(), due_at=clock.now() + timedelta(days=2))
        await sweep(now=clock.now(), base_url=URL)
        [message] = await written()
        assert "/m/" not in message.text


class TestThePage:
    async def test_tells_what_until_when_and_where(self, sent: Sent, client: AsyncClient) -> None:
        page = await client.get(sent.path)
        assert page.status_code == 200
        for text in ("Laptop", "Espace Info", "Rue du Pont 1", "+41 26 555 01 10"):
            assert text in page.text
        assert '<html lang="de">' in page.text

    async def test_names_nobody_and_nothing_by_its_number(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        items = await db.fetch("SELECT code, serial FROM inventory_item")
        page = (await client.get(sent.path)).text
        secret = ["Amina", "Haile", sent.person.phone, str(sent.person.id), str(sent.loan.item)]
        for text in (*secret, *(each["code"] for each in items)):
            assert text not in page

    @pytest.mark.parametrize("things", [1, 2])
    async def test_names_no_thing_to_whom_asked_for_the_barest_form(
        self, sent: Sent, client: AsyncClient, things: int
    ) -> None:
        for _ in range(things - 1):
            await sent.world.loan(sent.person, due_at=clock.now() + timedelta(days=2))
        named = await client.get(f"{sent.path}?lang=en")
        assert named.text.count("Laptop") > things
        await BorrowerWish(borrower=sent.person.id, barest=True).save()
        pages = [await client.get(f"{sent.path}?lang=en"), await tap(client, sent.path)]
        for page in pages:
            assert page.status_code == 200
            assert "Laptop" not in page.text
        called = ["A thing to bring back"] if things == 1 else ["Thing 1 of 2", "Thing 2 of 2"]
        assert all(f"<h2>{each}</h2>" in pages[0].text for each in called)

    async def test_tells_nothing_of_what_came_back(self, sent: Sent, client: AsyncClient) -> None:
        other = await make.category("Telephone")
        model = await make.model(category=other.id)
        item = await make.item(site_id=sent.world.site.id, model=model.id)
        await make.loan(
            item=item,
            borrower_id=sent.person.id,
            category=other.id,
            now=clock.now() - timedelta(days=9),
            returned_at=clock.now() - timedelta(days=1),
        )
        assert "Telephone" not in (await client.get(sent.path)).text

    @pytest.mark.parametrize("language", ["fr", "de", "it", "en"])
    async def test_is_there_in_each_language(
        self, sent: Sent, client: AsyncClient, language: str
    ) -> None:
        page = await client.get(f"{sent.path}?lang={language}")
        assert page.headers["content-language"] == language
        assert f'action="{sent.path}?lang={language}"' in page.text

    async def test_tells_no_time_of_a_day_on_which_the_door_is_shut(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        sunday = clock.now() + timedelta(days=13 - clock.now().weekday())
        await Loan.update({Loan.due_at: sunday}, force=True)
        assert "(closed that day)" in (await client.get(f"{sent.path}?lang=en")).text
        await Loan.update({Loan.due_at: sunday + timedelta(days=1)}, force=True)
        assert "(closed that day)" not in (await client.get(f"{sent.path}?lang=en")).text

    async def test_weighs_less_than_20_kb_with_all_that_it_fetches(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        await sent.world.loan(sent.person, due_at=clock.now() + timedelta(days=3))
        page = await client.get(sent.path, headers={"Accept-Encoding": "identity"})
        fetched = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', page.text)
        assert fetched
        total = len(page.content)
        for address in fetched:
            file = await client.get(address, headers={"Accept-Encoding": "identity"})
            assert file.status_code == 200
            total += len(file.content)
        assert total < MOST
        assert "<script" not in page.text

    async def test_is_kept_and_listed_nowhere_and_sets_no_cookie(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        for path in (sent.path, "/m/nothing"):
            headers = (await client.get(path)).headers
            assert headers.get_list("cache-control") == ["no-store"]
            assert headers.get_list("referrer-policy") == ["no-referrer"]
            assert "noindex" in headers["x-robots-tag"]
            assert "set-cookie" not in headers

    async def test_nor_are_its_errors(self, sent: Sent, client: AsyncClient) -> None:
        answers = [
            await client.get(f"{sent.path}/more"),
            await client.get("/m/"),
            await client.delete(sent.path),
            await client.post(sent.path, content=b"x", headers={"Content-Type": "text/plain"}),
        ]
        assert {404, 405} < {each.status_code for each in answers}
        for answer in answers:
            assert answer.headers.get_list("referrer-policy") == ["no-referrer"]
            assert answer.headers.get_list("x-robots-tag") == ["noindex, nofollow"]


class TestRenewing:
    async def test_is_done_once_for_each_look(self, sent: Sent, client: AsyncClient) -> None:
        before = await sent.due()
        form = fields((await client.get(sent.path)).text)
        answers = [await client.post(sent.path, data=form) for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 200]
        assert await sent.due() > before
        rows = await Loan.select(Loan.renewals).where(Loan.id == sent.loan.id)
        assert rows == [{"renewals": 1}]

    async def test_is_done_once_by_taps_at_the_same_moment(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        form = fields((await client.get(sent.path)).text)
        answers = await asyncio.gather(*(client.post(sent.path, data=form) for _ in range(5)))
        assert {each.status_code for each in answers} == {200}
        rows = await Loan.select(Loan.renewals).where(Loan.id == sent.loan.id)
        assert rows == [{"renewals": 1}]

    async def test_opening_renews_nothing(self, sent: Sent, client: AsyncClient) -> None:
        before = await sent.due()
        for method in ("GET", "HEAD", "OPTIONS"):
            await client.request(method, sent.path)
        assert await sent.due() == before

    async def test_follows_the_rules_of_the_desk(self, sent: Sent, client: AsyncClient) -> None:
        form = fields((await client.get(sent.path)).text)
        await Loan.update({Loan.renewals: 2}, force=True)
        before = await sent.due()
        answer = await client.post(sent.path, data={**form, "seen": "2"})
        assert answer.status_code == 409
        page = await client.get(f"{sent.path}?lang=fr")
        assert "déjà le maximum" in page.text
        assert "<form" not in page.text
        assert await sent.due() == before

    async def test_is_refused_as_by_sms_when_it_is_too_late_to_ask(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        form = fields((await client.get(sent.path)).text)
        await Borrower.update({Borrower.suspended_at: clock.now()}, force=True)
        answer = await client.post(f"{sent.path}?lang=fr", data=form)
        assert answer.status_code == 409
        assert "nous vous dirons pourquoi sur place" in answer.text

    @pytest.mark.parametrize("field", ["proof", "seen", "due", "loan"])
    async def test_needs_a_form_of_ours(self, sent: Sent, client: AsyncClient, field: str) -> None:
        other = await sent.world.loan(
            await sent.world.person(), due_at=clock.now() + timedelta(days=2)
        )
        form = fields((await client.get(sent.path)).text)
        before = await sent.due()
        later = (before + timedelta(days=1)).isoformat()
        wrong = {"proof": "x" * 32, "seen": "1", "due": later, "loan": str(other.id)}
        for value in (wrong[field], "", "\ud800".encode(errors="replace").decode(), "9" * 400):
            answer = await client.post(sent.path, data={**form, field: value})
            assert answer.status_code == 409
        assert await sent.due() == before

    async def test_takes_no_renewal_of_another_date_than_the_page_told(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        form = fields((await client.get(sent.path)).text)
        moved = await sent.due() + timedelta(days=40)
        await Loan.update({Loan.due_at: moved}, force=True)  # as a closure does meanwhile
        answer = await client.post(sent.path, data=form)
        assert answer.status_code == 409
        assert await sent.due() == moved

    async def test_works_where_the_browser_hides_its_origin(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        before = await sent.due()
        del client.headers["Sec-Fetch-Site"]
        answer = await tap(client, sent.path, Origin="null")
        assert answer.status_code == 200
        assert await sent.due() > before

    async def test_is_in_the_history_as_done_by_the_program(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        await tap(client, sent.path)
        rows = await db.fetch("SELECT * FROM core_audit_event")
        done = [row for row in rows if row["action"] == "loan.renewed"]
        assert [row["actor_kind"] for row in done] == ["system"]
        assert sent.path.removeprefix("/m/") not in str(rows)


class TestAnEnd:
    async def test_is_later_after_a_renewal(self, sent: Sent, client: AsyncClient) -> None:
        old = await BorrowerLink.objects().first()
        assert (await tap(client, sent.path)).status_code == 200
        [link] = await BorrowerLink.objects()
        assert old is not None
        assert link.expires_at == await sent.due() + LASTS > old.expires_at

    async def test_is_an_end_whatever_is_renewed_later(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        await BorrowerLink.update({BorrowerLink.expires_at: clock.now()}, force=True)
        actor = await make.principal(Role.RECEPTION, sent.world.site.id)
        await renew_loan(actor, sent.loan.id, now=clock.now())
        assert (await client.get(sent.path)).status_code == 404

    async def test_what_ended_reads_as_what_never_was(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        nothing = await client.get("/m/AbCdEfGhJkMn")
        await BorrowerLink.update({BorrowerLink.expires_at: clock.now()}, force=True)
        ended = await client.get(sent.path)
        assert (nothing.status_code, ended.status_code) == (404, 404)
        assert nothing.text == ended.text.replace(sent.path, "/m/AbCdEfGhJkMn")

    async def test_with_the_last_loan(self, sent: Sent, client: AsyncClient) -> None:
        form = fields((await client.get(sent.path)).text)
        await Loan.update({Loan.returned_at: clock.now()}, force=True)
        ended = await client.get(sent.path)
        # Not even what the borrower speaks is told by then.
        assert (ended.status_code, ended.headers["content-language"]) == (404, "fr")
        assert (await client.post(sent.path, data=form)).status_code == 404

    @pytest.mark.parametrize("phone", ["+41790000000", ""])
    async def test_with_the_number(self, sent: Sent, client: AsyncClient, phone: str) -> None:
        await Borrower.update({Borrower.phone: phone}, force=True)
        assert (await client.get(sent.path)).status_code == 404

    async def test_when_somebody_says_that_they_are_another(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        await wishes.stop(sent.person.phone, now=clock.now())
        assert (await client.get(sent.path)).status_code == 200
        await wishes.stop(sent.person.phone, is_wrong=True, now=clock.now())
        await wishes.start(sent.person.phone, now=clock.now())
        assert (await client.get(sent.path)).status_code == 404

    async def test_when_a_call_finds_that_the_number_is_wrong(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        now, site = clock.now(), sent.world.site.id
        await rows.message(now=now, channel="call", site_id=site, borrower_id=sent.person.id)
        desk = await make.principal(Role.RECEPTION, site)
        wrong = RecordOutcome(site_id=site, outcome=Outcome.WRONG_NUMBER)
        made = await record_outcome(desk, sent.person.id, wrong, now=now)
        assert (await client.get(sent.path)).status_code == 404
        await undo_outcome(desk, made, now=now)
        assert (await client.get(sent.path)).status_code == 200

    async def test_when_the_site_sends_none_any_more(self, sent: Sent, client: AsyncClient) -> None:
        await SiteSending.update({SiteSending.has_links: False}, force=True)
        assert (await client.get(sent.path)).status_code == 404

    async def test_is_forgotten(self, sent: Sent) -> None:
        await retention.forget(now=clock.now() + timedelta(days=15))
        assert await BorrowerLink.count() == 1
        await retention.forget(now=clock.now() + timedelta(days=17))
        assert await BorrowerLink.count() == 0


class TestGuessing:
    async def test_is_slowed_down_by_address(self, sent: Sent, client: AsyncClient) -> None:
        answers = [await client.get(f"/m/wrong{number}") for number in range(FREE + 2)]
        assert {each.status_code for each in answers[:FREE]} == {404}
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) > 0
        # Whoever has a link waits for nobody's guesses, and makes nobody's wait shorter.
        assert (await client.get(sent.path)).status_code == 200
        assert (await tap(client, sent.path)).status_code == 200
        assert (await client.get("/m/wrong")).status_code == 429

    async def test_a_link_that_is_right_may_be_opened_again_and_again(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        answers = [await client.get(sent.path) for _ in range(FREE + 5)]
        assert {each.status_code for each in answers} == {200}

    async def test_the_secret_stands_in_no_log(
        self, sent: Sent, client: AsyncClient, capfd: pytest.CaptureFixture[str]
    ) -> None:
        await tap(client, sent.path)
        await client.post(sent.path, content=b"\x00", headers={"Content-Type": "text/plain"})
        told = capfd.readouterr()
        assert "/m/{token" in told.out + told.err
        secret = urlsplit(sent.path).path.removeprefix("/m/")
        assert secret not in told.out + told.err
