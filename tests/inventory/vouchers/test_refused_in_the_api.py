"""What a program is told of a batch that cannot come in: a code for each thing, and no voucher."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import Voucher
from tests import factories as make
from tests.http_client import client_of, codes, use_token

CARD, GIVEN = "8941030012345678904", "8941030012345678912"


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


@pytest.mark.parametrize(
    ("batch", "code"),
    [
        ({"vouchers": [{"code": CARD[:-1] + "5"}]}, "inventory.iccid-check-digit"),
        ({"vouchers": [{"code": GIVEN}]}, "inventory.voucher-given"),
        ({"vouchers": [{"code": CARD}, {"code": CARD}]}, "inventory.voucher-twice"),
        ({"vouchers": [{"code": "+41795550101", "number": CARD}]}, "inventory.iccid-invalid"),
        ({"vouchers": [{"code": "=1+1"}]}, "inventory.iccid-invalid"),
        (
            {"vouchers": [{"code": CARD}], "activate_by": "2020-01-01"},
            "inventory.batch-expired",
        ),
    ],
)
async def test_what_is_wrong_has_a_code_and_nothing_comes_in(
    client: AsyncClient, batch: dict[str, Any], code: str
) -> None:
    site, kind = await make.site(), await make.voucher_kind()
    old = await make.voucher_batch(kind, site_id=site.id)
    await make.voucher(old, Secret(GIVEN), status="issued")
    await use_token(client, "inventory", site_id=site.id)
    body = {"kind": str(kind.id), "site": str(site.id), **batch}
    answer = await client.post(
        "/api/v1/voucher-batches", json=body, headers={"Idempotency-Key": "in"}
    )
    assert answer.status_code == 422
    assert code in codes(answer)
    assert not any(each["code"] in answer.text for each in batch["vouchers"])
    assert await Voucher.count() == 1
