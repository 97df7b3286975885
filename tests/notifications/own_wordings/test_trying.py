"""What a wording makes, before it is saved: on the screen, and on a phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from comptoir.core.errors import Invalid
from comptoir.core.principal import Principal, Role
from comptoir.lending.errors import LoanNotFound
from comptoir.notifications.channels import Channel
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.errors import AllSitesNeeded, NoSite, TooManyTests
from comptoir.notifications.gateways.protocol import Terms
from comptoir.notifications.kinds import KINDS
from comptoir.notifications.own_wordings.previews import loans_to_try, make_preview
from comptoir.notifications.own_wordings.queries import default_of, forms_of
from comptoir.notifications.own_wordings.schemas import (
    Form,
    Key,
    TestWording,
    TryWording,
    WayPreview,
)
from comptoir.notifications.own_wordings.testing import MOST_TESTS, send_test
from comptoir.notifications.routing import Route
from comptoir.notifications.texts import subject_of
from tests import factories as make
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway

KEY = Key("due-soon", "fr", Form.USUAL)
FULL = Key("due-soon", "fr", Form.FULL)
URL = "https://desk.example.org"


@pytest.fixture
async def coordinator(database: Any) -> Principal:
    await make.site(short_name="Le Relais")
    return await make.principal(Role.COORDINATOR)


class TestAPreview:
    async def test_speaks_for_the_place_of_an_example(
        self, coordinator: Principal, now: datetime
    ) -> None:
        text = "{{place}}: {{one}}{{items}}{{many}}{{count}} objets{{end}}"
        one = await make_preview(coordinator, KEY, TryWording(text=text), base_url=URL, now=now)
        two = await make_preview(
            coordinator, KEY, TryWording(text=text, several=True), base_url=URL, now=now
        )
        assert (one.text, one.parts, one.encoding) == (
            "Le Relais: ordinateur portable",
            1,
            "gsm-7",
        )
        assert two.text == "Le Relais: 2 objets"

    async def test_names_what_makes_it_dear_and_offers_other_words(
        self, coordinator: Principal, now: datetime
    ) -> None:
        text = "Bientôt : {{items}}. " + "Passez nous voir. " * 4
        found = await make_preview(coordinator, KEY, TryWording(text=text), base_url=URL, now=now)
        assert [(each.character, each.name) for each in found.forcing] == [
            ("ô", "LATIN SMALL LETTER O WITH CIRCUMFLEX")
        ]
        assert (found.encoding, found.parts) == ("ucs-2", 2)
        assert found.offered == text.replace("ô", "o").strip()
        again = await make_preview(
            coordinator, KEY, TryWording(text=found.offered), base_url=URL, now=now
        )
        assert (again.encoding, again.parts, again.offered) == ("gsm-7", 1, None)

    async def test_costs_what_parts_cost_last(self, coordinator: Principal, now: datetime) -> None:
        nothing = await make_preview(coordinator, KEY, TryWording(text="A"), base_url=URL, now=now)
        await rows.message(now=now)
        await dispatch([Route(RecordingGateway(part_price=550))], now=now)
        found = await make_preview(
            coordinator, KEY, TryWording(text="A" * 200), base_url=URL, now=now
        )
        assert (nothing.cost, found.cost, found.parts) == (None, Decimal("0.11"), 2)

    async def test_costs_what_the_operator_says(
        self, coordinator: Principal, now: datetime
    ) -> None:
        await rows.message(now=now)
        await dispatch([Route(RecordingGateway(part_price=550))], now=now)
        terms = Terms(per_second=1, part_price=800, currency="EUR")
        tried = TryWording(text="A" * 200)
        found = await make_preview(coordinator, KEY, tried, base_url=URL, terms=terms, now=now)
        assert (found.cost, found.currency) == (Decimal("0.16"), "EUR")

    async def test_is_of_a_loan_of_ones_own_sites(
        self, coordinator: Principal, now: datetime
    ) -> None:
        site = await make.site(short_name="La Gare")
        item = await make.item(site_id=site.id)
        loan = await make.loan(
            item=item,
            borrower_id=(await make.borrower()).id,
            now=now,
            due_at=now + timedelta(days=2),
        )
        tried = TryWording(text="{{place}}: {{items}} ({{count}}) {{due}}", loan=loan.id)
        (example,) = await loans_to_try(coordinator)
        found = await make_preview(coordinator, KEY, tried, base_url=URL, now=now)
        assert example.id == loan.id
        assert found.text.startswith("La Gare: ")
        elsewhere = await make.principal(Role.COORDINATOR, (await make.site()).id)
        assert await loans_to_try(elsewhere) == []
        with pytest.raises(LoanNotFound):
            await make_preview(elsewhere, KEY, tried, base_url=URL, now=now)

    @pytest.mark.parametrize("kind", list(KINDS))
    async def test_is_of_each_way_that_a_kind_goes(
        self, coordinator: Principal, now: datetime, kind: str
    ) -> None:
        site = await make.site(short_name="La Gare", phone="+41265550110", email="gare@example.org")
        await make.loan(
            item=await make.item(site_id=site.id),
            borrower_id=(await make.borrower()).id,
            now=now,
            due_at=now + timedelta(days=2),
        )
        (example,) = await loans_to_try(coordinator)
        ways: dict[Channel, WayPreview] = {}
        for form in (each for each in forms_of(kind) if each is not Form.BAREST):
            key = Key(kind, "fr", form)
            tried = TryWording(text=default_of(key), loan=example.id)
            found = await make_preview(coordinator, key, tried, base_url=URL, now=now)
            here = {each.channel: each for each in found.ways}
            assert not here.keys() & ways.keys()
            assert found.text == found.ways[0].text
            assert (found.parts > 0) is (found.encoding is not None) is (Channel.SMS in here)
            ways |= here
        assert tuple(ways) == KINDS[kind].ways
        if Channel.EMAIL in ways:
            mail = ways[Channel.EMAIL]
            assert (mail.title, mail.sender) == (subject_of(kind, "fr"), "La Gare")
            assert "dites-le-nous en répondant" in mail.text
            assert "SMS" not in mail.text
        if Channel.LETTER in ways:
            assert ways[Channel.LETTER].title
            assert "heures ci-dessous" in ways[Channel.LETTER].text
        if Channel.CALL in ways:
            assert "Tél." not in ways[Channel.CALL].text
        own = msgspec.structs.replace(tried, text="À {{place}}" if kind != "answer-not-me" else "À")
        for way in (await make_preview(coordinator, key, own, base_url=URL, now=now)).ways:
            assert way.text == ("À La Gare" if kind != "answer-not-me" else "À")

    @pytest.mark.parametrize(
        ("form", "text", "lacking"),
        [
            (Form.USUAL, "Bonjour", ["place", "opening", "stop"]),
            (Form.FULL, "{{place}}. {{stop}}", ["opening"]),
            (Form.BAREST, "{{stop}}", []),
        ],
    )
    async def test_tells_what_a_message_owes_its_reader(
        self, coordinator: Principal, now: datetime, form: Form, text: str, lacking: list[str]
    ) -> None:
        key = Key("due-soon", "fr", form)
        found = await make_preview(coordinator, key, TryWording(text=text), base_url=URL, now=now)
        assert found.lacking == lacking
        tried = TryWording(text=default_of(key))
        assert (await make_preview(coordinator, key, tried, base_url=URL, now=now)).lacking == []

    async def test_offers_to_renew_what_can_be(self, coordinator: Principal, now: datetime) -> None:
        site = await make.site(email="gare@example.org")
        category = await make.category()
        model = await make.model(category=category.id)
        policy = await make.policy(category_id=category.id, renewals=1)
        for renewals in (0, 1):
            loan = await make.loan(
                item=await make.item(site_id=site.id, model=model.id),
                borrower_id=(await make.borrower()).id,
                now=now,
                policy=policy.id,
                renewals=renewals,
            )
            tried = TryWording(text="{{renew}}.", loan=loan.id)
            found = await make_preview(coordinator, FULL, tried, base_url=URL, now=now)
            (mail,) = (each for each in found.ways if each.channel is Channel.EMAIL)
            assert ("prolonger" in mail.text) is (renewals == 0)

    async def test_of_the_barest_form_names_no_place(
        self, coordinator: Principal, now: datetime
    ) -> None:
        key = Key("due-soon", "fr", Form.BAREST)
        found = await make_preview(coordinator, key, TryWording(text="A"), base_url=URL, now=now)
        assert {each.sender for each in found.ways} == {""}

    async def test_needs_a_place(self, database: Any, now: datetime) -> None:
        with pytest.raises(NoSite):
            await make_preview(
                await make.principal(Role.ADMIN), KEY, TryWording(text="A"), base_url=URL, now=now
            )


def a_test(number: str = "079 123 45 67", text: str = "Test : {{items}}") -> TestWording:
    return TestWording(text=text, number=number)


class TestATest:
    async def test_is_not_of_what_goes_by_no_text_message(
        self, coordinator: Principal, now: datetime
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await send_test(coordinator, FULL, a_test(), base_url=URL, now=now)
        assert [each.code for each in refused.value.errors] == ["notifications.wording-not-sent"]

    async def test_goes_out_as_any_message(self, coordinator: Principal, now: datetime) -> None:
        made = await send_test(coordinator, KEY, a_test(), base_url=URL, now=now)
        gateway = RecordingGateway()
        assert await dispatch([Route(gateway)], now=now) == 1
        row = await rows.read(made)
        assert (row.kind, row.address, row.borrower) == ("test", "+41791234567", None)
        assert (row.status, row.text) == ("accepted", "Test : ordinateur portable")

    @pytest.mark.parametrize(
        ("number", "text", "field", "code"),
        [
            ("12", "A", "number", "notifications.number-too-short"),
            ("026 555 01 10", "A", "number", "notifications.number-cannot-text"),
            ("079 123 45 67", "{{", "text", "notifications.placeholder-unclosed"),
        ],
    )
    async def test_is_refused_where_it_cannot_arrive(
        self, coordinator: Principal, now: datetime, number: str, text: str, field: str, code: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await send_test(coordinator, KEY, a_test(number, text), base_url=URL, now=now)
        assert [(each.field, each.code) for each in refused.value.errors] == [(field, code)]

    async def test_is_sent_so_often_within_an_hour(
        self, coordinator: Principal, now: datetime
    ) -> None:
        for _ in range(MOST_TESTS):
            await send_test(coordinator, KEY, a_test(), base_url=URL, now=now)
        with pytest.raises(TooManyTests):
            await send_test(coordinator, KEY, a_test(), base_url=URL, now=now)

    async def test_is_for_those_who_may_save(self, coordinator: Principal, now: datetime) -> None:
        actor = await make.principal(Role.COORDINATOR, (await make.site()).id)
        with pytest.raises(AllSitesNeeded):
            await send_test(actor, KEY, a_test(), base_url=URL, now=now)
