"""Whatever a form is sent: an answer that says what is wrong, and never an error of ours."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, quote_from_bytes
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from comptoir.core.accounts.tables import User
from tests.e2e.pages import Examples, fill_examples, page_routes
from tests.forms import Form, Forms
from tests.http_client import client_of, set_cookie, sign_in

NUL = "%00"
#: Half a surrogate pair, no UTF-8, a control, and what turns the reading direction.
ODD = quote_from_bytes(b"\xed\xa0\x80\xff\xfe\x1b" + "\u202e".encode())
LONG = quote("ÿ" * 5000)
NUMBER = "9" * 400


@pytest.fixture
async def examples(database: Any) -> Examples:
    return await fill_examples()


@pytest.fixture
async def client(examples: Examples) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        set_cookie(client, "session", examples.token)
        yield client


async def forms(client: AsyncClient, examples: Examples) -> list[Form]:
    """Every form of every page, once, that has a field."""
    found: dict[tuple[str, ...], Form] = {}
    for route in page_routes():
        address = examples.address(route)
        for form in Forms((await client.get(address)).text).found:
            form.action = form.action or address
            kind = re.sub("[0-9a-f-]{36}", "", form.action)
            if form.fields:
                found.setdefault((kind, *form.fields), form)
    assert len(found) > 35
    return list(found.values())


async def send(client: AsyncClient, examples: Examples, form: Form, body: str | bytes) -> Response:
    """Send a form as somebody who has just signed in: some forms sign one out."""
    user = await User.objects().where(User.name == "Claire Rochat").first()
    assert user is not None
    await sign_in(client, user, site_id=UUID(examples.values["site_id"]))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return await client.post(form.action, content=body, headers=headers)


@pytest.mark.long
async def test_no_field_of_any_form_leads_to_an_error_of_ours(
    client: AsyncClient, examples: Examples
) -> None:
    wrong = []
    for form in await forms(client, examples):
        for name in form.fields:
            for value in (NUL, ODD, LONG, NUMBER):
                answer = await send(client, examples, form, form.body(name, value))
                if answer.status_code >= 500:
                    wrong.append((form.action, name, value[:12], answer.status_code))
                refused = answer.status_code == 422 and "U+0000" in answer.text
                if value == NUL and not refused and form.action != "/desk/scan":
                    wrong.append((form.action, name, "not refused", answer.status_code))
    assert wrong == []


async def test_a_form_that_is_no_text_is_read_as_far_as_it_goes(
    client: AsyncClient, examples: Examples
) -> None:
    form = Form("/borrowers/search", {})
    for body in (b"q=\xff\xfe", b"\xed\xa0\x80=1", b"%zz&&&=%"):
        answer = await send(client, examples, form, body)
        assert answer.status_code == 200, body


async def test_an_address_with_a_character_that_no_text_holds_is_refused(
    client: AsyncClient,
) -> None:
    for path in ("/items?q=%00", "/loans?state=open&after=a%00"):
        answer = await client.get(path)
        assert answer.status_code == 422, path
        assert "U+0000" in answer.text
    for path in ("/items/%00", "/t/%00", "/invitations/%00", "/items/BCDFGHJK/actions/%00"):
        assert (await client.get(path)).status_code == 404, path


async def test_the_field_of_the_desk_makes_sense_of_any_scan(
    client: AsyncClient, examples: Examples
) -> None:
    form = Form("/desk/scan", {"scan": "Abc", "attempt_id": "a-1", "visit": "", "waiting": ""})
    for name in form.fields:
        answer = await send(client, examples, form, form.body(name, NUL))
        assert answer.status_code in (200, 422), name
