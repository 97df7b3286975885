"""A form that somebody else was faster to save keeps what was typed, and may be saved again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from tests.e2e.pages import Examples, fill_examples, page_routes
from tests.forms import Form, Forms
from tests.http_client import client_of, set_cookie

#: Forms that are a button or a tick, with nothing to keep; and the one of an answer, whose
#: version says how far its writer has read.
NOTHING_TYPED = {
    "/borrowers/ID/message-wish",
    "/loans/ID/return-site",
    "/replies/ID/answer",
    "/replies/ID/done",
    "/settings/policies/ID/any/remove",
    "/settings/sites/ID/holidays",
    "/settings/voucher-policies/ID/any/remove",
}
WORDING = "{{due}} : {{items}}. {{place}} : {{opening}}. {{renew}} {{stop}}"
#: What is typed into one field of each of the others.
TYPED = {
    "/borrowers/ID/edit": {"note": "Typed"},
    "/items/ID/edit": {"notes": "Typed"},
    "/messages/sending": {"budget": "77"},
    "/settings/categories/ID": {"name_it": "Typed"},
    "/settings/competences/ID": {"name_it": "Typed"},
    "/settings/groups/ID": {"name_it": "Typed"},
    "/settings/models/ID": {"manufacturer": "Typed"},
    "/settings/organisations/ID": {"return_to": "Typed"},
    "/settings/policies/ID/ID": {"length": "77"},
    "/settings/reminders/plan": {"before": "7"},
    "/settings/reminders/sites/ID": {"opens": "09:10"},
    "/settings/sites/ID": {"street": "Typed"},
    "/settings/sites/ID/hours": {"opens_0_0": "09:10"},
    "/settings/sites/ID/hours/expression": {"opening_hours": "Mo-Fr 08:50-17:00"},
    "/settings/voucher-kinds/ID": {"operator": "Typed"},
    "/settings/voucher-policies/ID/any": {"period_days": "77"},
    "/settings/wordings/due-soon/fr/usual": {
        "text": "{{due}} : {{items}}. {{place}} : {{opening}}. {{renew}} {{stop}}"
    },
    "/vouchers/batches/ID/edit": {"order_number": "Typed"},
}


@pytest.fixture
async def examples(database: Any) -> Examples:
    return await fill_examples()


@pytest.fixture
async def client(examples: Examples) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        set_cookie(client, "session", examples.token)
        yield client


async def versioned(client: AsyncClient, examples: Examples) -> dict[str, Form]:
    """Every form that holds a version, by its address without ids."""
    found: dict[str, Form] = {}
    for route in page_routes():
        address = examples.address(route)
        for form in Forms((await client.get(address)).text, filled=False).found:
            form.action = form.action or address.partition("?")[0]
            kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[BCDFGHJKLNPRSTVX]{8}", "ID", form.action)
            if "version" in form.fields:
                found.setdefault(kind, form)
    return found


async def test_what_was_typed_stays_where_somebody_else_was_faster(
    client: AsyncClient, examples: Examples
) -> None:
    found = await versioned(client, examples)
    assert found.keys() == TYPED.keys() | NOTHING_TYPED | {"/borrowers/new"}
    for kind, typed in TYPED.items():
        form = found[kind]
        stale = form.fields | typed | {"version": str(int(form.fields["version"]) + 7)}
        answer = await client.post(form.action, data=stale)
        assert answer.status_code == 412, kind
        [again] = [
            each
            for each in Forms(answer.text, filled=False).found
            if each.fields.keys() >= typed.keys()
        ]
        assert again.fields.items() >= typed.items(), kind
        answer = await client.post(form.action, data=again.fields)
        assert answer.status_code in (303, 200), kind
