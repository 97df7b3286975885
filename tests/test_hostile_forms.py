"""Whatever a form is sent: an answer that says what is wrong, and never an error of ours."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, quote_from_bytes
from uuid import UUID

import msgspec
import pytest
from httpx import AsyncClient, Response

from comptoir.core.accounts.tables import User
from tests.e2e.pages import Examples, fill_examples, page_routes
from tests.http_client import client_of, set_cookie, sign_in

NUL = "%00"
#: Half a surrogate pair, no UTF-8, a control, and what turns the reading direction.
ODD = quote_from_bytes(b"\xed\xa0\x80\xff\xfe\x1b" + "\u202e".encode())
LONG = quote("ÿ" * 5000)
NUMBER = "9" * 400

#: What fits a field that is empty, by its type.
PLAIN = {
    "text": "Abc",
    "number": "1",
    "email": "a@example.org",
    "tel": "+41791234567",
    "url": "https://example.org",
    "password": "correct horse battery",
}


class Form(msgspec.Struct):
    """A form of a page: where it goes, and its fields with what the page put into them."""

    action: str
    fields: dict[str, str]

    def body(self, name: str, value: str) -> str:
        """What a browser would send, but for one field; ``value`` is encoded already."""
        values = {each: quote(text) for each, text in self.fields.items()} | {name: value}
        return "&".join(f"{quote(each)}={text}" for each, text in values.items())


class Forms(HTMLParser):
    """The forms of a page that change something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "form":
            self._open = self._by_id[given.get("id", "")] = Form(given.get("action", ""), {})
            if given.get("method") == "post":
                self.found.append(self._open)
            return
        form = self._by_id.get(given.get("form", ""), self._open)
        if form is None:
            return
        if tag == "option" and self._select:
            if "selected" in given or not form.fields[self._select]:
                form.fields[self._select] = given.get("value", "")
        elif tag == "select":
            self._select = name
            form.fields[name] = ""
        elif tag == "textarea":
            form.fields[name] = "Abc"
        elif tag == "input" and name and (kind not in ("radio", "checkbox") or "checked" in given):
            form.fields[name] = given.get("value") or PLAIN.get(kind, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag == "select":
            self._select = ""


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
