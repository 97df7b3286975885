"""The stock, one voucher, parcels and counts, as programs see them."""

from __future__ import annotations

from typing import Any

from comptoir.core.ids import new_id
from tests import factories as make
from tests.http_client import client_of, use_token
from tests.inventory.vouchers.drawer import Drawer

API = "/api/v1"


async def test_a_parcel_goes_and_arrives(database: Any) -> None:
    drawer, there = await Drawer.made(3), await make.site()
    sending = {
        "batch": str(drawer.batch.id),
        "from_site": str(drawer.site.id),
        "to_site": str(there.id),
        "quantity": 2,
    }
    async with client_of() as client:
        await use_token(client, "inventory")
        key = {"Idempotency-Key": str(new_id())}
        sent = await client.post(f"{API}/voucher-transfers", json=sending, headers=key)
        again = await client.post(f"{API}/voucher-transfers", json=sending, headers=key)
        assert sent.status_code == 201
        assert sent.json() == again.json()
        address = f"{API}/voucher-transfers/{sent.json()['id']}"
        refused = await client.post(f"{address}/arrivals", json={"codes": [drawer.codes[0]]})
        assert refused.json()["code"] == "inventory.difference-unexplained"
        some = {"codes": [drawer.codes[0]], "explanation": "Torn."}
        assert (await client.post(f"{address}/arrivals", json=some)).json()["underway"] == 1
        assert (await client.post(f"{address}/give-up")).json()["underway"] == 0
        listed = (await client.get(f"{API}/voucher-transfers")).json()["items"]
    assert [(each["arrived"], each["explanation"]) for each in listed] == [(1, "Torn.")]
    assert sorted(await drawer.statuses()) == ["available", "available", "void"]


async def test_the_stock_and_its_counts(database: Any) -> None:
    drawer = await Drawer.made(2)
    where = {"site": str(drawer.site.id), "kind": str(drawer.kind.id)}
    async with client_of() as client:
        await use_token(client, "inventory")
        low = (await client.post(f"{API}/voucher-levels", json=where | {"low": 2})).json()
        stock = (await client.get(f"{API}/sites/{drawer.site.id}/voucher-stock")).json()
        assert low == stock
        assert [(each["free"], each["low"]) for each in stock["items"]] == [(2, 2)]
        scanned = where | {"codes": [drawer.codes[0]], "explanation": "?"}
        counted = (await client.post(f"{API}/voucher-counts", json=scanned)).json()
        assert counted["missing"] == [str(drawer.ids[1])]
        listed = (await client.get(f"{API}/voucher-counts")).json()["items"]
    assert [(each["expected"], each["missing"]) for each in listed] == [(2, 1)]


async def test_a_voucher_is_put_into_use_and_made_void_and_tells_no_code(database: Any) -> None:
    drawer = await Drawer.made(1, status="issued")
    address = f"{API}/vouchers/{drawer.ids[0]}"
    async with client_of() as client:
        await use_token(client, "inventory")
        used = (await client.post(f"{address}/activation")).json()
        assert used["status"] == "activated"
        twice = await client.post(f"{address}/activation")
        assert twice.json()["code"] == "inventory.voucher-activated"
        void = await client.post(f"{address}/void", json={"reason": "faulty"})
        assert (void.json()["status"], void.json()["void_reason"]) == ("void", "faulty")
        read = await client.get(address)
    assert read.json() == void.json()
    assert drawer.codes[0] not in read.text
