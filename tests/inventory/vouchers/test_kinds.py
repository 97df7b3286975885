"""Kinds of vouchers: who keeps them, what is refused, what is recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from comptoir.core import audit
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.inventory.errors import Changed, CoordinatorNeeded
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.errors import VoucherKindNotFound
from comptoir.inventory.vouchers.kinds import add_kind, change_kind
from comptoir.inventory.vouchers.schemas import SaveKind
from comptoir.inventory.vouchers.statuses import Medium, WifiCode
from tests import factories as make

pytestmark = pytest.mark.usefixtures("database")

SIM = SaveKind(medium=Medium.SIM, names={"fr": "Carte SIM"}, cost_cents=1990)


@pytest.fixture
async def actor(database: Any) -> Principal:
    return await make.principal(Role.COORDINATOR, (await make.site()).id)


async def test_a_kind_is_added_after_the_others_and_changed(
    actor: Principal, now: datetime
) -> None:
    first = await add_kind(actor, SIM, now=now)
    wifi = SaveKind(medium=Medium.WIFI, names={"de": "WLAN"}, network="Biblio")
    second = await add_kind(actor, wifi, now=now)
    changed = msgspec.structs.replace(
        SIM, operator=" Salt ", instructions={"fr": "Éteignez.\n\n\n", "de": " "}, active=False
    )
    await change_kind(actor, first, changed, version=1, now=now)
    views = await queries.kinds()
    assert [view.id for view in views] == [first, second]
    assert (views[0].operator, views[0].active, views[0].version) == ("Salt", False, 2)
    assert views[0].instructions == {"fr": "Éteignez."}
    assert [view.id for view in await queries.kinds(active_only=True)] == [second]
    (_, entry), _ = await audit.timeline(first)
    assert entry.action == "voucher.kind_changed"
    assert entry.changes["operator"] == ["", "Salt"]
    assert "cost_cents" not in entry.changes


async def test_only_coordinators_say_what_kinds_there_are(now: datetime) -> None:
    desk = await make.principal(Role.RECEPTION, (await make.site()).id)
    with pytest.raises(CoordinatorNeeded):
        await add_kind(desk, SIM, now=now)
    with pytest.raises(CoordinatorNeeded):
        await change_kind(desk, (await make.voucher_kind()).id, SIM, version=1, now=now)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"names": {}}, "inventory.name-missing"),
        ({"names": {"fr": "x" * 121}}, "inventory.text-too-long"),
        ({"operator": "x" * 81}, "inventory.text-too-long"),
        ({"instructions": {"fr": "x" * 1001}}, "inventory.text-too-long"),
        ({"instructions": {"rm": "x"}}, "inventory.language-unknown"),
        ({"validity_days": 0}, "inventory.validity-invalid"),
        ({"validity_days": 100_000}, "inventory.validity-invalid"),
        ({"time_zone": "Europe/Fribourg"}, "inventory.time-zone-unknown"),
        ({"cost_cents": -1}, "inventory.price-invalid"),
        ({"currency": "USD"}, "inventory.currency-unknown"),
        ({"dial": "*121*{code}#"}, "inventory.dial-unfit"),
        ({"medium": Medium.TOP_UP, "dial": "*121#"}, "inventory.dial-invalid"),
        ({"medium": Medium.TOP_UP, "dial": "tel:{code}"}, "inventory.dial-invalid"),
        ({"network": "Biblio"}, "inventory.network-unfit"),
        ({"by_sms": True}, "inventory.by-sms-unfit"),
        ({"wifi_code": WifiCode.PASSWORD}, "inventory.wifi-code-unfit"),
        ({"portal_url": "https://wifi.example/"}, "inventory.portal-unfit"),
        (
            {
                "medium": Medium.WIFI,
                "wifi_code": WifiCode.PASSWORD,
                "portal_url": "https://wifi.example/",
            },
            "inventory.portal-unfit",
        ),
        ({"medium": Medium.WIFI, "portal_url": "wifi.example"}, "inventory.portal-invalid"),
        ({"medium": Medium.WIFI, "portal_url": "http://wifi.example"}, "inventory.portal-invalid"),
        (
            {"medium": Medium.WIFI, "portal_url": "https://wifi.example/{code}"},
            "inventory.portal-invalid",
        ),
        ({"medium": Medium.WIFI, "portal_url": "javascript:alert(1)"}, "inventory.portal-invalid"),
    ],
)
async def test_what_no_kind_can_be_is_refused(
    actor: Principal, now: datetime, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await add_kind(actor, msgspec.structs.replace(SIM, **values), now=now)
    assert [error.code for error in refused.value.errors] == [code]
    assert await queries.kinds() == []


async def test_two_kinds_in_use_have_no_name_in_common(actor: Principal, now: datetime) -> None:
    kind = await add_kind(actor, SIM, now=now)
    with pytest.raises(Invalid) as refused:
        await add_kind(actor, msgspec.structs.replace(SIM, names={"fr": "carte sim"}), now=now)
    assert refused.value.errors[0].field == "names.fr"
    await change_kind(actor, kind, msgspec.structs.replace(SIM, active=False), version=1, now=now)
    await add_kind(actor, SIM, now=now)
    with pytest.raises(Invalid):
        await change_kind(actor, kind, SIM, version=2, now=now)


async def test_what_was_taken_in_stays_what_it_is(actor: Principal, now: datetime) -> None:
    kind = await add_kind(actor, SIM, now=now)
    wifi = msgspec.structs.replace(SIM, medium=Medium.WIFI)
    await change_kind(actor, kind, wifi, version=1, now=now)
    row = await make.voucher_kind(medium="wifi")
    await make.voucher_batch(row, site_id=(await make.site()).id)
    assert (await queries.kind(row.id)).fixed
    with pytest.raises(Invalid) as refused:
        await change_kind(
            actor, row.id, msgspec.structs.replace(SIM, names={"fr": "y"}), version=1, now=now
        )
    assert refused.value.errors[0].code == "inventory.medium-fixed"


async def test_a_change_of_what_is_not_there_or_was_changed_is_refused(
    actor: Principal, now: datetime
) -> None:
    kind = await add_kind(actor, SIM, now=now)
    with pytest.raises(Changed):
        await change_kind(actor, kind, SIM, version=7, now=now)
    with pytest.raises(VoucherKindNotFound):
        await change_kind(actor, new_id(), SIM, version=1, now=now)
