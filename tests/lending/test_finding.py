"""Borrowers are found by name, phone or card, by those who may know of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from comptoir.core import db
from comptoir.core.principal import SYSTEM, Role
from comptoir.inventory import codes
from comptoir.lending.borrowers.finding import find_borrowers
from tests import factories
from tests.lending.names import names
from tests.lending.test_search import slips

pytestmark = pytest.mark.usefixtures("database")


async def found(text: str, limit: int = 20) -> list[str]:
    return [borrower.name for borrower in await find_borrowers(SYSTEM, text, limit=limit)]


@pytest.mark.parametrize(
    "typed",
    [
        "jean-françois d’œuvray",
        "JEAN FRANCOIS D'OEUVRAY",
        "oeuvray jean",
        "jea oeu",
        "oeuv",
        "jeanfrancois",
        "jean frncois",
        "oeuvary",
        "oeu vray",
        "079 123 45 67",
        "+41 79 123",
        "0041791",
        "0791",
        "79123",
        "45 67",
        "(079) 123-45-67",
        "+41 (0)79 123 45 67",
    ],
)
async def test_a_borrower_is_found_however_it_is_typed(typed: str) -> None:
    await factories.borrower(name="Jean-François d’Œuvray", phone="+41791234567")
    await factories.borrower(name="Amina Diallo", phone="+33612345678")
    assert await found(typed) == ["Jean-François d’Œuvray"]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-", "x", "jean amina", "079 2", "1" * 5_000, "%", "a_i", "\x00\x07", "' OR 1"],
)
async def test_nobody_is_found_by_what_fits_nobody(typed: str) -> None:
    await factories.borrower(name="Jean-François d’Œuvray", phone="+41791234567")
    await factories.borrower(name="Amina Diallo")
    assert await found(typed) == []


async def test_whole_words_come_before_starts_and_these_before_slips() -> None:
    for name in ("Alice Bo", "Ali Zen", "Alibi Ca", "Alixe Da"):
        await factories.borrower(name=name)
    assert await found("ali") == ["Ali Zen", "Alibi Ca", "Alice Bo", "Alixe Da"]
    assert await found("alixi") == ["Alibi Ca", "Alixe Da"]


async def test_letters_alone_find_by_the_start_of_each_word() -> None:
    for name in ("Amina Diallo", "Bo Diallo", "Diego Amaral"):
        await factories.borrower(name=name)
    assert await found("a d") == ["Amina Diallo", "Diego Amaral"]
    assert await found("d", limit=2) == ["Amina Diallo", "Bo Diallo"]


async def test_a_pseudonym_of_digits_is_found() -> None:
    await factories.borrower(name="Client 4711")
    assert await found("4711") == ["Client 4711"]
    assert await found("client 47") == ["Client 4711"]


async def test_a_card_finds_its_borrower_until_it_is_replaced(now: datetime) -> None:
    borrower = await factories.borrower(name="Amina Diallo")
    lost = await factories.card(borrower.id, revoked_at=now)
    card = await factories.card(borrower.id)
    assert await found(codes.display(card.code)) == ["Amina Diallo"]
    assert await found(f"HTTPS://HOST/B/{card.code}") == ["Amina Diallo"]
    assert await found(f"HTTPS://HOST/T/{card.code}") == []
    assert await found(lost.code) == []


async def test_borrowers_of_other_sites_are_not_found() -> None:
    here, there = await factories.site(), await factories.site()
    at_both = await factories.borrower(name="Amina Here", site_id=here.id, phone="+41791234567")
    elsewhere = await factories.borrower(name="Amina There", site_id=there.id, phone="+41791234568")
    card = await factories.card(elsewhere.id)
    actor = await factories.principal(Role.COORDINATOR, here.id)
    for text in ("amina", "a", "amnia", "0791234", card.code, "ami na"):
        ids = [each.id for each in await find_borrowers(actor, text)]
        assert ids in ([at_both.id], [])
        assert elsewhere.id not in ids
    assert [each.id for each in await find_borrowers(actor, "amina")] == [at_both.id]


async def test_a_result_tells_namesakes_apart(now: datetime) -> None:
    site = await factories.site()
    first = await factories.borrower(name="Amina Diallo", referrer="Caritas", suspended_at=now)
    second = await factories.borrower(name="Amina Diallo", phone="+41791234567", language="de")
    item = await factories.item(site_id=site.id)
    await factories.loan(item=item, borrower_id=second.id, now=now)
    result = {each.id: each for each in await find_borrowers(SYSTEM, "amina")}
    assert result[first.id].referrer == "Caritas"
    assert result[first.id].suspended_at == now
    assert result[first.id].open_loans == 0
    assert (result[second.id].phone, result[second.id].language) == ("+41791234567", "de")
    assert result[second.id].open_loans == 1


async def test_statements_do_not_grow_with_the_results() -> None:
    for name in names(60):
        await factories.borrower(name=name)
    for text in ("a", "mohamed", "mohamde ali", "079 1", "zz yy xx"):
        with db.count_statements() as sent:
            await find_borrowers(SYSTEM, text)
        assert len(sent) <= 5


@given(slip=slips())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_single_slip_in_a_word_still_finds(database: Any, slip: tuple[str, str]) -> None:
    name, typed = slip
    borrower = await factories.borrower(name=f"{name.title()} Xq")
    results = await find_borrowers(SYSTEM, f"{typed} xq", limit=100)
    assert borrower.id in [each.id for each in results]
