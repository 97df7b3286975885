"""Timelines: on the page of each thing concerned, in sentences, and without the staff."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

import comptoir
from comptoir.core import clock
from comptoir.core.audit.sentences import is_described
from comptoir.core.principal import Role
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn, CheckOut
from tests import factories as make
from tests.http_client import client_of, shared_app, sign_in

_ACTION = re.compile(r"[a-z]+\.[a-z_-]+")
#: Actions that stand in a timeline. Those about accounts and settings stand in none.
_SHOWN = re.compile(r"(item|loan|borrower|visit|scan|agreement|category|model|voucher)\..+")


def recorded() -> Iterator[str]:
    """Every action that the code records: what follows the actor, and tables of actions."""
    for path in Path(comptoir.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="record" | "values") | ast.Name(id="_record"),
                    args=[_, action, *_],
                ):
                    yield from _texts(action)
                case ast.Assign(targets=[ast.Name(id="_ACTIONS")]):
                    yield from _texts(node.value)


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and _ACTION.fullmatch(str(node.value)):
            yield str(node.value)


def test_every_action_of_a_timeline_has_its_sentence() -> None:
    shared_app()  # whose floors describe what they record
    actions = set(recorded())
    assert {"item.lost", "loan.closed", "item.found", "borrower.registered"} <= actions
    shown = filter(_SHOWN.fullmatch, actions)
    assert sorted(action for action in shown if not is_described(action)) == []


def test_the_words_of_an_action_are_joined_by_underscores() -> None:
    actions = set(recorded())
    assert {"item.set_aside", "loan.written_off", "user.access_reset"} <= actions
    assert sorted(action for action in actions if "-" in action) == []


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


async def test_a_loan_stands_in_the_timeline_of_all_that_it_concerns(client: AsyncClient) -> None:
    site = await make.site()
    category = await make.category()
    await make.policy(category_id=category.id)
    model = await make.model(category=category.id)
    item = await make.item(site_id=site.id, model=model.id)
    borrower = await make.borrower(site_id=site.id)
    actor = await make.principal(Role.RECEPTION, site.id)
    now = clock.now() - timedelta(hours=1)
    loan = await check_out(actor, CheckOut(item=item.code, borrower_id=borrower.id), now=now)
    await renew_loan(actor, loan.id, now=now)
    await check_in(actor, CheckIn(item=item.code), now=now)
    reader = await make.user(role=Role.RECEPTION, site_id=site.id)
    await sign_in(client, reader, site_id=site.id)
    for path in (f"/items/{item.code}", f"/loans/{loan.id}", f"/borrowers/{borrower.id}"):
        text = (await client.get(path)).text
        timeline = text[text.index('<ol class="timeline">') :]
        places = [timeline.index(begin) for begin in ("Brought back:", "Renewed:", "Lent:")]
        assert places == sorted(places), "the latest first"
        assert actor.name not in text
