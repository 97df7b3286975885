"""A card is issued, replaced, and looked up; the old one is known as replaced."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from comptoir.core import audit
from comptoir.core.principal import SYSTEM, Role
from comptoir.inventory import codes
from comptoir.lending.borrowers.cards import issue_card, look_up_card
from comptoir.lending.borrowers.errors import CardChanged
from comptoir.lending.borrowers.finding import find_borrowers
from comptoir.lending.borrowers.queries import read_borrower
from comptoir.lending.errors import BorrowerNotFound
from comptoir.lending.tables import BorrowerCard
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


async def test_a_borrower_gets_a_card_that_finds_them(now: datetime) -> None:
    borrower = await factories.borrower()
    code = await issue_card(SYSTEM, borrower.id, now=now)
    assert codes.is_valid(code)
    view = await read_borrower(SYSTEM, borrower.id, now=now)
    assert view.card is not None
    assert (view.card.code, view.card.issued_at) == (code, now)
    assert [each.id for each in await find_borrowers(SYSTEM, code)] == [borrower.id]


async def test_a_replaced_card_says_so(now: datetime) -> None:
    borrower = await factories.borrower()
    lost = await issue_card(SYSTEM, borrower.id, now=now)
    card = await issue_card(SYSTEM, borrower.id, replaces=lost, now=now)
    first, second = await look_up_card(lost), await look_up_card(card)
    assert first is not None
    assert second is not None
    assert (first.borrower_id, first.replaced) == (borrower.id, True)
    assert (second.borrower_id, second.replaced) == (borrower.id, False)
    assert await look_up_card(codes.new_code()) is None
    assert await find_borrowers(SYSTEM, lost) == []
    assert [entry.action for _, entry in await audit.timeline(borrower.id)] == [
        "borrower.card_replaced",
        "borrower.card_issued",
    ]


async def test_only_the_card_one_has_seen_is_replaced(now: datetime) -> None:
    borrower = await factories.borrower()
    card = await issue_card(SYSTEM, borrower.id, now=now)
    for seen in (None, codes.new_code()):
        with pytest.raises(CardChanged):
            await issue_card(SYSTEM, borrower.id, replaces=seen, now=now)
    results = await asyncio.gather(
        *(issue_card(SYSTEM, borrower.id, replaces=card, now=now) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, str) for each in results) == 1
    assert sum(isinstance(each, CardChanged) for each in results) == 3
    assert await BorrowerCard.count() == 2


async def test_cards_are_for_borrowers_one_may_know_of(now: datetime) -> None:
    borrower = await factories.borrower(site_id=(await factories.site()).id)
    actor = await factories.principal(Role.RECEPTION, (await factories.site()).id)
    with pytest.raises(BorrowerNotFound):
        await issue_card(actor, borrower.id, now=now)
