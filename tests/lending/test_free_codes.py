"""A bare code means one thing: no new item takes a card's code, no new card an item's."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

import pytest

from comptoir.core import db
from comptoir.core.principal import SYSTEM
from comptoir.inventory import codes
from comptoir.inventory.free_codes import free_codes
from comptoir.lending.borrowers.cards import issue_card
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def draw(monkeypatch: pytest.MonkeyPatch, *drawn: str) -> Iterator[str]:
    """Let chance give these codes, one after the other; what is left of their letters."""
    letters = iter("".join(code[: codes.LENGTH - 1] for code in drawn))
    monkeypatch.setattr(secrets, "choice", lambda _alphabet: next(letters))
    return letters


async def test_a_new_item_does_not_take_the_code_of_a_card(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    borrower = await factories.borrower()
    lost = await issue_card(SYSTEM, borrower.id, now=now)
    card = await issue_card(SYSTEM, borrower.id, replaces=lost, now=now)
    letters = draw(monkeypatch, lost, card, "BCDFGHJK")
    assert await free_codes(1) == ["BCDFGHJK"]
    assert next(letters, None) is None


async def test_a_new_card_does_not_take_the_code_of_an_item(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    site = await factories.site()
    item = await factories.item(site_id=site.id)
    borrower = await factories.borrower()
    draw(monkeypatch, item.code, "BCDFGHJK")
    assert await issue_card(SYSTEM, borrower.id, now=now) == "BCDFGHJK"


async def test_many_codes_take_as_many_statements_as_one() -> None:
    with db.count_statements() as one:
        await free_codes(1)
    with db.count_statements() as many:
        assert len({*await free_codes(50)}) == 50
    assert len(many) == len(one)
