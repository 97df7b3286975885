"""Vouchers that other programs set aside for people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from httpx import AsyncClient, Response

from comptoir.core.ids import new_id
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.lending.vouchers.tables import VoucherReservation
from tests import factories as make
from tests.lending.api_desk import program
from tests.lending.counter import Desk
from tests.lending.vouchers.drawer import status_of

RESERVATIONS = "/api/v1/voucher-reservations"
ICCID = "89410000000000000013"


class Kiosk(NamedTuple):
    client: AsyncClient
    desk: Desk
    kind: Any
    voucher: Any

    async def keep(self, key: str = "keep", **body: Any) -> Response:
        asked = {"borrower": self.desk.card.code, **body}
        return await self.client.post(RESERVATIONS, json=asked, headers={"Idempotency-Key": key})


@pytest.fixture
async def kiosk(desk: Desk) -> AsyncIterator[Kiosk]:
    """A program of the site, with one SIM card in the drawer."""
    kind = await make.voucher_kind()
    await make.voucher_policy(kind)
    batch = await make.voucher_batch(kind, site_id=desk.site.id)
    voucher = await make.voucher(batch, Secret(ICCID))
    async with program("desk", site_id=desk.site.id) as client:
        yield Kiosk(client, desk, kind, voucher)


async def test_one_is_set_aside_read_and_put_back(kiosk: Kiosk) -> None:
    kept = [await kiosk.keep(kind=str(kiosk.kind.id)) for _ in range(2)]
    assert [answer.status_code for answer in kept] == [201, 201]
    assert kept[0].json() == kept[1].json()
    assert ICCID not in kept[0].text
    address = kept[0].headers["Location"]
    assert address.endswith(f"/voucher-reservations/{kiosk.voucher.id}")
    assert (await kiosk.client.get(address)).json() == kept[0].json()
    assert kept[0].json()["borrower_id"] == str(kiosk.desk.borrower.id)
    gone = await kiosk.client.delete(address, headers={"Idempotency-Key": "back"})
    assert gone.status_code == 204
    assert (await kiosk.client.get(address)).json()["code"] == (
        "lending.voucher-reservation-not-found"
    )
    assert await status_of(kiosk.voucher.id) == "available"


async def test_this_very_card_until_a_day(kiosk: Kiosk) -> None:
    far = await kiosk.keep("far", sim=ICCID, until="2999-01-01")
    assert (far.status_code, far.json()["errors"][0]["field"]) == (422, "until")
    assert (await kiosk.keep("card", sim=ICCID)).json()["voucher_id"] == str(kiosk.voucher.id)
    assert (await kiosk.keep("more", sim=ICCID)).json()["code"] == (
        "lending.voucher-set-aside-already"
    )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"sim": "89410000000000000039"}, 409, "lending.voucher-unknown"),
        ({"sim": "89410000000000000014"}, 409, "lending.voucher-misread"),
        ({"kind": str(new_id())}, 404, "inventory.voucher-kind-not-found"),
        ({}, 404, "inventory.voucher-kind-not-found"),
        ({"kind": "x"}, 422, ""),
        ({"kind": str(new_id()), "until": "tomorrow"}, 422, ""),
        ({"borrower": "a name", "sim": ICCID}, 409, "lending.code-foreign"),
        ({"sim": ICCID, "site": str(new_id())}, 404, ""),
        ({"sim": ICCID, "reason": "passes no limit"}, 422, ""),
    ],
)
async def test_what_makes_no_sense_is_refused(
    kiosk: Kiosk, body: dict[str, str], status: int, code: str
) -> None:
    answer = await kiosk.keep(**body)
    assert answer.status_code == status
    assert answer.json()["code"] == code or not code
    assert await VoucherReservation.count() == 0


async def test_a_program_of_another_site_finds_nothing(kiosk: Kiosk) -> None:
    await kiosk.keep(kind=str(kiosk.kind.id))
    address = f"{RESERVATIONS}/{kiosk.voucher.id}"
    elsewhere = await make.site()
    async with program("desk", site_id=elsewhere.id) as stranger:
        assert (await stranger.get(address)).status_code == 404
        back = await stranger.delete(address, headers={"Idempotency-Key": "back"})
        assert back.status_code == 404
    async with program("read", site_id=kiosk.desk.site.id) as reader:
        back = await reader.delete(address, headers={"Idempotency-Key": "back"})
        assert back.status_code == 403
    assert await status_of(kiosk.voucher.id) == "reserved"


@pytest.mark.parametrize(
    ("scope", "status"), [("inventory", 403), ("settings", 403), ("borrowers", 200)]
)
async def test_for_whom_one_is_kept_is_told_to_programs_that_may_know_of_people(
    kiosk: Kiosk, scope: str, status: int
) -> None:
    kept = await kiosk.keep(kind=str(kiosk.kind.id))
    async with program(scope, site_id=kiosk.desk.site.id) as client:
        assert (await client.get(kept.headers["Location"])).status_code == status
