"""A program looks at what an operator says is in use, and confirms just that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from comptoir.core import clock, db
from tests.http_client import client_of, use_token
from tests.inventory.vouchers.drawer import Drawer

CARDS = ("8941030012345678904", "8941030012345678912")


async def test_a_program_confirms_what_it_was_shown(database: Any) -> None:
    drawer = await Drawer.made(0)
    for card in CARDS:
        await drawer.add(card, status="issued", issued_at=clock.now() - timedelta(days=2))
    today = clock.now().date().isoformat()
    body = {
        "kind": str(drawer.kind.id),
        "activations": [
            {"code": CARDS[0], "activated_on": today},
            {"voucher": str(drawer.ids[1])},
            {"code": CARDS[0]},
            {"code": CARDS[0][:-1] + "3"},
            {},
        ],
    }
    async with client_of() as client:
        await use_token(client, "inventory", site_id=drawer.site.id)
        key = {"Idempotency-Key": "look"}  # of what changes nothing, nothing is kept
        looked = await client.post("/api/v1/voucher-activations/preview", json=body, headers=key)
        assert await db.fetch("SELECT key FROM core_idempotency") == []
        assert looked.status_code == 200, looked.text
        found = looked.json()
        assert (found["confirms"], found["confirmed_before"]) == (2, 0)
        left = [(each["number"], each["reason"], each["also"]) for each in found["left"]]
        assert left == [
            (3, "twice", 1),
            (4, "iccid-check-digit", None),
            (5, "code-invalid", None),
        ]
        assert not any(card in looked.text for card in CARDS)
        send = body | {"expected": found["token"]}
        stale = await client.post("/api/v1/voucher-activations", json=send | {"expected": "2-x"})
        assert stale.status_code == 409
        assert stale.json()["code"] == "inventory.activations-changed"
        assert await drawer.statuses() == ["issued", "issued"]
        done = await client.post("/api/v1/voucher-activations", json=send)
        assert (done.status_code, done.json()) == (200, {"confirmed": 2})
        assert await drawer.statuses() == ["activated", "activated"]
