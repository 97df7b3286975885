"""Vouchers given by other programs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from httpx import AsyncClient

from comptoir.core.tables import IdempotencyRecord
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.lending.vouchers.tables import VoucherIssue
from tests import factories as make
from tests.lending.api_desk import program
from tests.lending.counter import Desk

ISSUES = "/api/v1/voucher-issues"
CODE = "KQ7-4455-XYZW"


class Kiosk(NamedTuple):
    client: AsyncClient
    desk: Desk
    kind: Any


@pytest.fixture
async def kiosk(desk: Desk) -> AsyncIterator[Kiosk]:
    """A program that gives Wi-Fi codes, with one in the drawer."""
    kind = await make.voucher_kind(medium="wifi")
    await make.voucher_policy(kind)
    await make.voucher(await make.voucher_batch(kind, site_id=desk.site.id), Secret(CODE))
    async with program("desk", "settings", site_id=desk.site.id) as client:
        yield Kiosk(client, desk, kind)


async def test_a_code_is_given_told_and_read_again(kiosk: Kiosk) -> None:
    body = {"kind": str(kiosk.kind.id), "borrower": kiosk.desk.card.code}
    given = [
        await kiosk.client.post(ISSUES, json=body, headers={"Idempotency-Key": "give"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in given] == [201, 201]
    assert given[0].json() == given[1].json()
    assert CODE not in given[0].text
    address = given[0].headers["Location"]
    for _ in range(2):
        shown = await kiosk.client.post(
            f"{address}/showings", json={}, headers={"Idempotency-Key": "show"}
        )
        assert shown.json()["code"] == CODE
    read = (await kiosk.client.get(address)).json()
    assert (read["status"], read["shown_at"] is not None) == ("issued", True)
    undone = await kiosk.client.delete(address, headers={"Idempotency-Key": "undo"})
    assert undone.json()["code"] == "lending.voucher-shown"
    for row in await IdempotencyRecord.select(IdempotencyRecord.outcome):
        assert CODE not in row["outcome"]


async def test_what_was_not_shown_is_taken_back(kiosk: Kiosk) -> None:
    body = {"kind": str(kiosk.kind.id), "borrower": kiosk.desk.card.code}
    given = await kiosk.client.post(ISSUES, json=body, headers={"Idempotency-Key": "give"})
    address = given.headers["Location"]
    undone = await kiosk.client.delete(address, headers={"Idempotency-Key": "undo"})
    assert undone.is_success
    assert (await kiosk.client.get(address)).json()["ended_at"] is not None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"borrower": None}, "lending.voucher-needs-borrower"),
        ({"borrower": "BCDF-GHJB"}, "lending.code-misread"),
        ({"sim": "89410000000000000013", "kind": None}, "lending.voucher-unknown"),
        ({"sim": "8941", "kind": None}, "lending.voucher-misread"),
    ],
)
async def test_a_refusal_is_told_and_written_down(
    kiosk: Kiosk, body: dict[str, Any], code: str
) -> None:
    usual = {"kind": str(kiosk.kind.id), "borrower": kiosk.desk.card.code}
    for _ in range(2):
        answer = await kiosk.client.post(
            ISSUES, json=usual | body, headers={"Idempotency-Key": "give"}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert await VoucherIssue.count() == 0
    assert await IdempotencyRecord.count() == 1


async def test_policies_are_set_by_a_program(database: Any) -> None:
    kind = await make.voucher_kind()
    terms = {"limit_person": 1, "limit_household": 2, "period_days": 7}
    async with program("settings") as client:
        made = await client.post(
            "/api/v1/voucher-policies",
            json=terms | {"kind": str(kind.id), "group": None},
            headers={"Idempotency-Key": "make"},
        )
        address = made.headers["Location"]
        headers = {"If-Match": made.headers["ETag"], "Idempotency-Key": "set"}
        changed = await client.put(address, json=terms | {"period_days": 9}, headers=headers)
        assert changed.json()["period_days"] == 9
        headers = {"If-Match": changed.headers["ETag"], "Idempotency-Key": "remove"}
        assert (await client.delete(address, headers=headers)).is_success
        assert (await client.get("/api/v1/voucher-policies")).json()["items"] == []


async def test_what_goes_with_a_model_is_set_by_a_program(database: Any) -> None:
    kind, model = await make.voucher_kind(), await make.model()
    address = f"/api/v1/models/{model.id}/vouchers"
    async with program("inventory") as client:
        set_ = await client.post(
            address, json={"kinds": [str(kind.id)]}, headers={"Idempotency-Key": "set"}
        )
        assert set_.json() == {"kinds": [str(kind.id)]}
        assert (await client.get(address)).json() == {"kinds": [str(kind.id)]}


@pytest.mark.parametrize(
    ("scope", "status"), [("inventory", 403), ("settings", 403), ("borrowers", 200)]
)
async def test_who_was_given_what_is_told_to_programs_that_may_know_of_people(
    kiosk: Kiosk, scope: str, status: int
) -> None:
    body = {"kind": str(kiosk.kind.id), "borrower": kiosk.desk.card.code}
    issued = await kiosk.client.post(ISSUES, json=body, headers={"Idempotency-Key": "give"})
    async with program(scope, site_id=kiosk.desk.site.id) as client:
        assert (await client.get(issued.headers["Location"])).status_code == status
