"""What every call has in common: keys, versions, pages, errors, sites."""

from __future__ import annotations

import asyncio
import re
from base64 import urlsafe_b64decode
from copy import deepcopy
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.accounts.identity import SCOPES
from comptoir.core.accounts.tables import ApiToken
from comptoir.core.api.calls import version_of
from comptoir.core.api.operations import Operation
from comptoir.core.api.reference import document_of, operations
from comptoir.core.ids import new_id
from comptoir.core.tables import IdempotencyRecord
from comptoir.inventory.tables import Category
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, codes, shared_app, use_token
from tests.lending.counter import Desk

NAMES = {"names": {"fr": "Téléphone"}}


@pytest.fixture
async def client(client: AsyncClient) -> AsyncClient:
    """A program that may do everything."""
    await use_token(client, *SCOPES)
    return client


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("categories", {"names": {}}, ["names"]),
        ("categories", {"names": {"fr": "x" * 121, "de": "y" * 121}}, ["names.fr", "names.de"]),
        ("categories", {"names": {"fr": "Ordinateur", "xx": "?"}}, ["names.xx"]),
        ("categories", {"names": {"fr": 1}}, ["names"]),
        ("groups", {"names": {"en": " "}}, ["names"]),
        ("models", {"name": "X", "accessories": [{"names": {}}]}, ["accessories[0].names"]),
        ("models", {"name": "X", "accessories": [{"names": 1}]}, ["accessories[0].names"]),
        ("items", {"price_cents": -1, "imeis": ["1", ""]}, ["price_cents", "imeis[0]"]),
        ("items/batches", {"numbers": [{"serial": "A"}, {"serial": "a"}]}, ["numbers[1].serial"]),
        ("items/batches", {"numbers": [{"imeis": ["", "1"]}]}, ["numbers[0].imeis[1]"]),
        ("tokens", {"name": "", "scopes": ["desk"]}, ["name"]),
        ("tokens", {"name": "X", "scopes": ["all"]}, ["scopes[0]"]),
        (
            "tokens",
            {"name": "X", "scopes": ["desk"], "expires_at": "2020-01-01T00:00:00Z"},
            ["expires_at"],
        ),
    ],
)
async def test_an_error_is_at_the_path_of_what_was_sent(
    desk: Desk, client: AsyncClient, path: str, body: dict[str, Any], fields: list[str]
) -> None:
    if path == "models":
        body = {"category": str(desk.category.id), **body}
    if path.startswith("items"):
        body = {"model": str(desk.model.id), "home_site": str(desk.site.id), **body}
    answer = await client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == fields


async def test_hours_that_are_wrong_are_named_by_their_place(
    desk: Desk, client: AsyncClient
) -> None:
    path = f"/api/v1/sites/{desk.site.id}"
    tag = (await client.get(path)).headers["etag"]
    answer = await client.put(
        f"{path}/hours",
        json={"opening_hours": "Mo-Fr 09:00-25:00"},
        headers={"If-Match": tag, "Accept-Language": "en"},
    )
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("opening_hours", "sites.span-outside-day")
    assert error["message"].startswith("At “25:00” (character 13)")


async def test_an_edit_needs_the_version_that_was_read(client: AsyncClient) -> None:
    made = await client.post("/api/v1/categories", json=NAMES)
    path, tag = made.headers["location"], made.headers["etag"]
    assert (await client.get(path)).headers["etag"] == tag
    missing = await client.put(path, json=NAMES)
    assert (missing.status_code, codes(missing)[0]) == (428, "core.version-missing")
    change = {"names": {"fr": "Portable"}}
    first = await client.put(path, json=change, headers={"If-Match": tag})
    assert first.status_code == 200
    assert first.headers["etag"] != tag
    late = await client.put(path, json=NAMES, headers={"If-Match": tag})
    assert (late.status_code, codes(late)[0]) == (412, "inventory.changed")
    assert (await client.get(path)).json()["names"] == change["names"]


@pytest.mark.parametrize("tag", ['W/"1"', "1", '"one"', '"7", "8"', ""])
async def test_a_tag_that_is_not_ours_matches_nothing(client: AsyncClient, tag: str) -> None:
    path = (await client.post("/api/v1/categories", json=NAMES)).headers["location"]
    answer = await client.put(path, json=NAMES, headers={"If-Match": tag})
    assert answer.status_code == 412


@pytest.mark.parametrize("tags", ["*", '"1", "7"', '"7","1"', '"7", "1-0123456789ab"'])
async def test_any_version_matches_where_any_is_named(client: AsyncClient, tags: str) -> None:
    path = (await client.post("/api/v1/categories", json=NAMES)).headers["location"]
    change = {"names": {"fr": "Portable"}}
    answer = await client.put(path, json=change, headers={"If-Match": tags})
    assert (answer.status_code, answer.json()["names"]) == (200, change["names"])
    assert (await client.get(path)).headers["etag"] == answer.headers["etag"]
    assert version_of(answer.headers["etag"]) == 2


async def test_what_one_has_already_is_not_sent_again(client: AsyncClient) -> None:
    path = (await client.post("/api/v1/categories", json=NAMES)).headers["location"]
    tag = (await client.get(path)).headers["etag"]
    for named in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        same = await client.get(path, headers={"If-None-Match": named})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    for named in ('"1"', '"other"', tag.strip('"'), ""):
        assert (await client.get(path, headers={"If-None-Match": named})).status_code == 200
    change = {"names": {"fr": "Portable"}}
    # It is about reading: an edit is done, whatever one has.
    headers = {"If-Match": tag, "If-None-Match": tag}
    assert (await client.put(path, json=change, headers=headers)).status_code == 200
    changed = await client.get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["names"]) == (200, change["names"])


async def test_what_reads_otherwise_now_is_sent_though_its_version_is_the_same(
    desk: Desk, client: AsyncClient
) -> None:
    path = f"/api/v1/items/{desk.item.code}"
    before = await client.get(path)
    await Site.update({Site.name: "Elsewhere"}).where(Site.id == desk.site.id)
    after = await client.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["version"] == before.json()["version"]
    assert version_of(after.headers["etag"]) == version_of(before.headers["etag"])


@pytest.mark.parametrize("stale", [False, True])
async def test_an_edit_compares_the_version_of_a_tag_alone(
    client: AsyncClient, stale: bool
) -> None:
    path = (await client.post("/api/v1/categories", json=NAMES)).headers["location"]
    tag = f'"{0 if stale else 1}-0123456789ab"'
    answer = await client.put(path, json=NAMES, headers={"If-Match": tag})
    assert answer.status_code == (412 if stale else 200)


async def test_every_edit_takes_whatever_version_there_is(desk: Desk, client: AsyncClient) -> None:
    """None of them answers that the version is another one: each knows how to read it."""
    ids = {
        "borrower": desk.borrower.id,
        "category": desk.category.id,
        "code": desk.item.code,
        "group": desk.borrower.borrower_group,
        "loan": (await desk.lend(clock.now())).id,
        "model": desk.model.id,
        "organisation": desk.site.organisation,
        "policy": desk.policy.id,
        "site": desk.site.id,
    }
    edits = [each for each in operations(shared_app()) if each.edits]
    assert len(edits) > 10
    for operation in sorted(edits, key=lambda each: each.method == "DELETE"):
        path = re.sub(
            r"\{(\w+?)(_id)?:\w+\}", lambda name: str(ids.get(name[1], new_id())), operation.path
        )
        body = example(operation)
        answer = await client.request(operation.method, path, json=body, headers={"If-Match": "*"})
        assert answer.status_code in (200, 201, 204, 404, 409, 422), (path, answer.text)


def example(operation: Operation) -> Any:
    described = deepcopy(document_of(shared_app()))["paths"]
    path = re.sub(r":\w+\}", "}", operation.path)
    body = described[path][operation.method.lower()].get("requestBody")
    return body and body["content"]["application/json"]["example"]


async def test_a_repeated_call_is_answered_as_at_first(client: AsyncClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = await client.post("/api/v1/categories", json=NAMES, headers=key)
    await client.put(
        first.headers["location"],
        json={"names": {"fr": "Autre"}},
        headers={"If-Match": first.headers["etag"]},
    )
    again = await client.post("/api/v1/categories", json=NAMES, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    other = await client.post("/api/v1/categories", json={"names": {"fr": "X"}}, headers=key)
    assert (other.status_code, codes(other)[0]) == (422, "core.idempotency-key-reused")


async def test_equal_calls_at_the_same_moment_act_once(client: AsyncClient) -> None:
    before = await Category.count()
    key = {"Idempotency-Key": "k-2"}
    answers = await asyncio.gather(
        *(client.post("/api/v1/categories", json=NAMES, headers=key) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await Category.count() == before + 1


async def test_a_refused_call_is_judged_anew(desk: Desk, client: AsyncClient) -> None:
    key = {"Idempotency-Key": "k-3"}
    path = f"/api/v1/items/{desk.item.code}/steps"
    refused = await client.post(path, json={"step": "check"}, headers=key)
    assert (refused.status_code, codes(refused)[0]) == (409, "inventory.item-available")
    await client.post(path, json={"step": "set_aside"})
    accepted = await client.post(path, json={"step": "check"}, headers=key)
    assert accepted.json()["status"] == "available"


async def test_a_number_that_is_taken_is_refused_with_a_key_too(
    desk: Desk, client: AsyncClient
) -> None:
    body = {"model": str(desk.model.id), "home_site": str(desk.site.id), "serial": "S-1"}
    answers = await asyncio.gather(
        *(
            client.post("/api/v1/items", json=body, headers={"Idempotency-Key": f"s-{n}"})
            for n in range(4)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert codes(refused)[1] == "inventory.serial-taken"


async def test_a_secret_is_told_once_and_never_kept(client: AsyncClient) -> None:
    key = {"Idempotency-Key": "k-4"}
    body = {"name": "Kiosk", "scopes": ["desk"]}
    first = await client.post("/api/v1/tokens", json=body, headers=key)
    secret = first.json()["token"]
    again = await client.post("/api/v1/tokens", json=body, headers=key)
    assert again.json() == {"id": first.json()["id"], "token": None}
    kept = await IdempotencyRecord.select(IdempotencyRecord.outcome)
    assert all(secret not in row["outcome"] for row in kept)
    assert await ApiToken.count().where(ApiToken.name == "Kiosk") == 1


async def walk(client: AsyncClient, path: str) -> list[str]:
    """The ids of a list, page after page."""
    found: list[str] = []
    following: str | None = path
    while following:
        page = (await client.get(following)).json()
        found += [row["id"] for row in page["items"]]
        following = page["next"]
    return found


@pytest.mark.parametrize("path", ["items", "loans", "loans?state=overdue", "borrowers"])
async def test_a_walk_gives_each_row_once(desk: Desk, client: AsyncClient, path: str) -> None:
    for _ in range(7):
        person = await make.borrower(site_id=desk.site.id)
        item = await desk.add_item()
        await make.loan(item=item, borrower_id=person.id, now=make.MADE_AT - timedelta(days=90))
    separator = "&" if "?" in path else "?"
    for limit in (1, 3, 200):
        found = await walk(client, f"/api/v1/{path}{separator}limit={limit}")
        assert len(found) == len(set(found)) == (7 if path.startswith("loans") else 8)


@pytest.mark.parametrize(
    ("path", "filtered"),
    [("items", "status=available"), ("loans", "state=closed"), ("borrowers", "state=holding")],
)
async def test_a_cursor_shows_nothing_and_is_refused_if_it_was_altered(
    desk: Desk, client: AsyncClient, path: str, filtered: str
) -> None:
    for _ in range(2):
        person = await make.borrower(site_id=desk.site.id, name="Amina Diallo")
        await make.loan(item=await desk.add_item(), borrower_id=person.id, now=make.MADE_AT)
    first = (await client.get(f"/api/v1/{path}?limit=1")).json()
    cursor = first["next_cursor"]
    assert first["next"].endswith(quote(cursor))
    assert b"amina" not in urlsafe_b64decode(cursor).lower()
    other = "items" if path == "loans" else "loans"
    swapped = cursor[:30] + ("A" if cursor[30] != "A" else "B") + cursor[31:]
    for address in (
        f"{path}?cursor={quote(swapped)}",
        f"{path}?cursor={cursor[:-8]}",
        f"{path}?cursor=",
        f"{path}?cursor=%F0%9F%92%BB",
        f"{path}?cursor={quote(cursor)}&{filtered}",
        f"{other}?cursor={quote(cursor)}",
    ):
        answer = await client.get(f"/api/v1/{address}")
        assert answer.status_code == 422, address
        assert codes(answer)[-1] in ("core.cursor-invalid", "core.invalid-value"), address
    longer = await client.get(f"/api/v1/{path}?limit=200&cursor={quote(cursor)}")
    assert len(longer.json()["items"]) >= 1


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("limit=0", "limit", "core.invalid-value"),
        ("limit=201", "limit", "core.invalid-value"),
        ("limit=many", "limit", "core.invalid-value"),
        ("cursor=made-up", "cursor", "core.cursor-invalid"),
        ("stat=open", "stat", "core.unknown-field"),
        ("state=gone", "state", "core.invalid-value"),
        ("item=nope", "item", "inventory.code-invalid"),
        ("item=", "item", "inventory.code-invalid"),
        ("state=open&state=closed", "state", "core.repeated-parameter"),
    ],
)
async def test_a_wrong_query_is_answered_by_its_field(
    client: AsyncClient, query: str, field: str, code: str
) -> None:
    answer = await client.get(f"/api/v1/loans?{query}")
    assert answer.status_code == 422
    assert codes(answer)[-1] == code
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("path", ["policies", "items/{code}", "this-week"])
async def test_a_call_without_parameters_takes_none(
    desk: Desk, client: AsyncClient, path: str
) -> None:
    address = f"/api/v1/{path.format(code=desk.item.code)}"
    assert (await client.get(address)).status_code == 200
    answer = await client.get(f"{address}?site=all")
    assert (answer.status_code, codes(answer)[-1]) == (422, "core.unknown-field")
    assert answer.json()["errors"][0]["field"] == "site"


@pytest.mark.parametrize("path", ["items", "loans", "borrowers"])
async def test_a_longer_list_needs_no_more_statements(
    desk: Desk, client: AsyncClient, path: str
) -> None:
    async def statements() -> int:
        with db.count_statements() as sent:
            assert (await client.get(f"/api/v1/{path}")).status_code == 200
        return len(sent)

    before = await statements()
    for _ in range(10):
        person = await make.borrower(site_id=desk.site.id)
        await make.loan(item=await desk.add_item(), borrower_id=person.id, now=make.MADE_AT)
    assert await statements() == before


async def test_what_belongs_to_other_sites_is_not_found(desk: Desk) -> None:
    loan = await make.loan(item=desk.item, borrower_id=desk.borrower.id, now=make.MADE_AT)
    elsewhere = await make.site()
    async with client_of() as client:
        await use_token(client, *SCOPES, site_id=elsewhere.id)
        for path in (
            f"items/{desk.item.code}",
            f"loans/{loan.id}",
            f"borrowers/{desk.borrower.id}",
            f"sites/{desk.site.id}",
        ):
            assert (await client.get(f"/api/v1/{path}")).status_code == 404, path
        for path in ("items", "loans", "borrowers"):
            assert (await client.get(f"/api/v1/{path}")).json()["items"] == []
        found = await client.post("/api/v1/borrowers/searches", json={"text": "Amina"})
        assert found.json() == {"items": []}


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        (rb"\u0000", 422, "core.invalid-value"),
        (rb"\ud800", 400, "core.malformed"),
        (rb"a\udc00bcdefgh", 400, "core.malformed"),
        (b"\xed\xa0\x80", 400, "core.malformed"),
        (b"\xff", 400, "core.malformed"),
        (rb"\\u0000", 201, ""),
        (rb"\ud83d\udcbb", 201, ""),
    ],
)
async def test_a_text_that_is_none_is_refused(
    client: AsyncClient, text: bytes, status: int, code: str
) -> None:
    body = b'{"names": {"fr": "a' + text + b'"}}'
    headers = {"Content-Type": "application/json"}
    answer = await client.post("/api/v1/categories", content=body, headers=headers)
    assert answer.status_code == status
    if code:
        assert codes(answer)[-1] == code


async def test_what_is_not_there_is_a_problem(client: AsyncClient) -> None:
    for path in ("/api/v1/nothing", "/api", "/api/v2/items", "/api/v1/loans/made-up"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "core.not-found")
        assert answer.headers["content-type"] == "application/problem+json"
    answer = await client.delete("/api/v1/items")
    assert (answer.status_code, answer.json()["code"]) == (405, "core.method-not-allowed")
    assert "GET" in answer.headers["allow"]


async def test_a_program_is_told_nothing_of_buttons(client: AsyncClient) -> None:
    said = {"Accept-Language": "en", "Content-Type": "application/json"}
    for method, path, word in (
        ("DELETE", "/api/v1/items", "Allow"),
        ("GET", "/api/v1/nothing", "openapi.json"),
        ("POST", "/api/v1/check-ins", "JSON"),
    ):
        answer = await client.request(method, path, headers=said, content=b'{"item":')
        assert word in answer.json()["detail"], path
    del client.headers["Authorization"]
    answer = await client.get("/api/v1/items", headers=said)
    assert "Authorization: Bearer" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("tokens", [], "Hier wird eine Gruppe von Feldern erwartet, in geschweiften Klammern."),
        ("tokens", {"scopes": ["desk"]}, "Dieses Feld fehlt."),
        (
            "agreements",
            {"loans": ["x"], "signature": "paper"},
            "Das ist keine ID: Eine ID ist eine UUID.",
        ),
    ],
)
async def test_what_does_not_fit_is_said_in_the_language_asked_for(
    client: AsyncClient, path: str, body: Any, text: str
) -> None:
    headers = {"Accept-Language": "de"}
    answer = await client.post(f"/api/v1/{path}", json=body, headers=headers)
    assert answer.json()["errors"][0]["message"] == text
