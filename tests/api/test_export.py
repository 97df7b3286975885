"""Items as a file for spreadsheets: the same as the page's, however many there are."""

from __future__ import annotations

import pytest
from httpx import AsyncClient

from comptoir.core.principal import SYSTEM, Role
from comptoir.inventory.export import csv_of
from comptoir.inventory.queries import catalogue, listing
from comptoir.inventory.schemas import ItemFilter
from tests import factories as make
from tests.http_client import codes, sign_in, use_token
from tests.lending.counter import Desk

EXPORT = "/api/v1/items.csv"


@pytest.fixture
async def client(client: AsyncClient) -> AsyncClient:
    """A program that reads, in German."""
    client.headers["Accept-Language"] = "de"
    await use_token(client, "read")
    return client


async def test_the_file_is_that_of_the_page(desk: Desk, client: AsyncClient) -> None:
    await desk.add_item(serial="=1+1")
    by_token = await client.get(EXPORT)
    assert by_token.headers["content-type"] == "text/csv; charset=utf-8"
    assert by_token.headers["content-disposition"] == 'attachment; filename="items.csv"'
    client.headers.pop("Authorization")
    reader = await make.user(role=Role.ADMIN, language="de")
    await sign_in(client, reader, site_id=desk.site.id)
    assert (await client.get("/items.csv")).text == by_token.text
    head, *lines = by_token.text.splitlines()
    assert head.startswith("\ufeffCode;Kategorie;Modell;")
    assert len(lines) == 2
    assert ";'=1+1;" in by_token.text


async def test_it_is_filtered_as_the_list_is(desk: Desk, client: AsyncClient) -> None:
    other = await desk.add_item(status="lost")
    found = (await client.get(EXPORT, params={"status": "lost"})).text.splitlines()
    assert [line.partition(";")[0].replace("-", "") for line in found[1:]] == [other.code]
    refused = await client.get(EXPORT, params={"limit": 10})
    assert (refused.status_code, codes(refused)[-1]) == (422, "core.unknown-field")


async def test_it_holds_what_the_token_knows_of(desk: Desk, client: AsyncClient) -> None:
    await use_token(client, "read", site_id=(await make.site()).id)
    assert len((await client.get(EXPORT)).text.splitlines()) == 1


async def test_it_is_read_and_sent_piece_by_piece(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        await desk.add_item()
    monkeypatch.setattr(listing, "_EXPORTED_AT_ONCE", 2)
    found = await listing.every_item(SYSTEM, ItemFilter(), await catalogue.models())
    lines = [piece.count(b"\r\n") async for piece in csv_of(found)]
    assert lines == [1, 2, 2, 1]
