"""Calls that print, and small ones that pages have too."""

from __future__ import annotations

from uuid import uuid4

import pytest
from httpx import AsyncClient

from comptoir.core.accounts.identity import SCOPES
from comptoir.inventory.codes import display
from tests import factories as make
from tests.http_client import codes, use_token
from tests.lending.counter import Desk
from tests.paper import codes_on, is_pdf_ua

LABELS = "/api/v1/labels"


@pytest.fixture
async def client(client: AsyncClient) -> AsyncClient:
    """A program that may do everything."""
    await use_token(client, *SCOPES)
    return client


async def test_labels_are_printed_from_a_free_place_on(desk: Desk, client: AsyncClient) -> None:
    items = [desk.item.code, (await desk.add_item()).code]
    body = {"items": [display(items[0]), items[1], items[0]], "sheet": "L7163", "start": 3}
    answer = await client.post(LABELS, json=body)
    assert answer.headers["content-type"] == "application/pdf"
    assert is_pdf_ua(answer.content)
    bars = [code.text for code in codes_on(answer.content) if code.kind == "Code 128"]
    assert sorted(bars) == sorted(items)


async def test_labels_that_cannot_be_printed_are_refused(desk: Desk, client: AsyncClient) -> None:
    for body, status, code in (
        ({"items": []}, 422, "core.invalid"),
        ({"items": ["BCDFGHJK"]}, 404, "inventory.item-not-found"),
        ({"items": ["?"]}, 404, "inventory.item-not-found"),
        ({"items": [desk.item.code], "start": 99}, 409, "core.start-outside-sheet"),
        ({"items": [desk.item.code], "sheet": "A3"}, 422, "core.invalid"),
    ):
        answer = await client.post(LABELS, json=body)
        assert (answer.status_code, codes(answer)[0]) == (status, code), body


async def test_a_card_is_printed_and_holds_its_code_alone(desk: Desk, client: AsyncClient) -> None:
    path = f"/api/v1/borrowers/{desk.borrower.id}/card"
    answer = await client.get(path, params={"format": "A4", "start": 2})
    assert is_pdf_ua(answer.content)
    assert desk.card.code in {code.text for code in codes_on(answer.content)}
    nobody = await make.borrower(site_id=desk.site.id)
    answer = await client.get(f"/api/v1/borrowers/{nobody.id}/card")
    assert codes(answer) == ["lending.card-missing"]
    assert (await client.get(f"/api/v1/borrowers/{uuid4()}/card")).status_code == 404
    assert (await client.get(path, params={"format": "A3"})).status_code == 422


async def test_categories_change_places(desk: Desk, client: AsyncClient) -> None:
    other = await client.post("/api/v1/categories", json={"names": {"fr": "Téléphone"}})
    before = [each["id"] for each in (await client.get("/api/v1/categories")).json()["items"]]
    moved = await client.post(f"{other.headers['location']}/moves", json={"to": "up"})
    assert moved.json()["id"] == other.json()["id"]
    after = [each["id"] for each in (await client.get("/api/v1/categories")).json()["items"]]
    assert after == [*before[:-2], before[-1], before[-2]]


async def test_who_may_be_registered_already_is_found(desk: Desk, client: AsyncClient) -> None:
    twin = await make.borrower(site_id=desk.site.id, name="Élodie Martin")
    path = "/api/v1/borrowers/duplicates"
    found = await client.post(path, json={"name": "martin elodie"})
    assert [each["id"] for each in found.json()["items"]] == [str(twin.id)]
    body = {"name": "Élodie Martin", "besides": str(twin.id)}
    assert (await client.post(path, json=body)).json() == {"items": []}
