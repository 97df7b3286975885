"""A voucher that is activated, void, or expires by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.inventory.errors import CoordinatorNeeded
from comptoir.inventory.vouchers.actions import activate_voucher, void_voucher
from comptoir.inventory.vouchers.errors import VoucherActionRefused, VoucherNotFound
from comptoir.inventory.vouchers.expiring import AT_ONCE, expire
from comptoir.inventory.vouchers.statuses import VoidReason
from tests import factories as make
from tests.inventory.vouchers.drawer import Drawer
from tests.processes import together


async def _trail(voucher_id: object) -> list[str]:
    rows = await db.fetch(
        "SELECT action FROM core_audit_event WHERE subject_id = :id ORDER BY id", id=voucher_id
    )
    return [row["action"] for row in rows]


async def test_days_are_counted_from_the_activation(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(status="issued", validity_days=30)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    await activate_voucher(reception, drawer.ids[0], now=now)
    [voucher] = await drawer.now_is()
    assert voucher.status == "activated"
    assert voucher.activated_at == now
    assert voucher.expires_at == datetime(2026, 12, 24, 23, 0, tzinfo=UTC)
    assert await _trail(voucher.id) == ["voucher.activated"]


async def test_what_was_given_to_nobody_is_not_activated(database: Any, now: datetime) -> None:
    drawer = await Drawer.made()
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    with pytest.raises(VoucherActionRefused) as refused:
        await activate_voucher(reception, drawer.ids[0], now=now)
    assert refused.value.code == "inventory.voucher-available"
    assert await _trail(drawer.ids[0]) == []


async def test_a_voucher_of_another_site_is_not_found(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(status="issued")
    stranger = await make.principal(Role.COORDINATOR, (await make.site()).id)
    for voucher_id in (drawer.ids[0], new_id()):
        with pytest.raises(VoucherNotFound):
            await activate_voucher(stranger, voucher_id, now=now)
        with pytest.raises(VoucherNotFound):
            await void_voucher(stranger, voucher_id, VoidReason.LOST, now=now)


async def test_a_coordinator_voids_and_says_why(database: Any, now: datetime) -> None:
    drawer = await Drawer.made()
    with pytest.raises(CoordinatorNeeded):
        await void_voucher(
            await make.principal(Role.RECEPTION, drawer.site.id),
            drawer.ids[0],
            VoidReason.LOST,
            now=now,
        )
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    await void_voucher(coordinator, drawer.ids[0], VoidReason.LOST, now=now)
    [voucher] = await drawer.now_is()
    assert (voucher.status, voucher.void_reason, voucher.ended_at) == ("void", "lost", now)
    with pytest.raises(VoucherActionRefused) as refused:
        await void_voucher(coordinator, drawer.ids[0], VoidReason.MISTAKE, now=now)
    assert refused.value.code == "inventory.voucher-void"


async def test_a_voucher_in_use_expires_at_the_operators_midnight(database: Any) -> None:
    midnight = datetime(2026, 12, 24, 23, 0, tzinfo=UTC)
    drawer = await Drawer.made(status="activated")
    await drawer.add("KQ7-other", status="activated", expires_at=midnight)
    assert await expire(now=midnight - timedelta(seconds=1)) == 0
    assert await expire(now=midnight) == 1
    assert await drawer.statuses() == ["activated", "expired"]
    assert await _trail(drawer.ids[1]) == ["voucher.expired"]
    assert await expire(now=midnight) == 0


async def test_what_was_not_begun_in_time_expires_where_it_lies(database: Any) -> None:
    drawer = await Drawer.made(0, time_zone="Europe/Zurich")
    day = date(2026, 11, 24)
    lying = ("available", "reserved", "issued", "activated", "void", "in_transit")
    for status in lying:
        await drawer.add(f"KQ7-{status}", status=status, activate_by=day)
    await drawer.add("KQ7-later", activate_by=day + timedelta(days=1))
    await drawer.add("KQ7-never", activate_by=None)
    last = datetime(2026, 11, 24, 22, 59, tzinfo=UTC)
    assert await expire(now=last) == 0
    assert await expire(now=last + timedelta(minutes=1)) == 3
    assert await drawer.statuses() == [
        *("expired",) * 3,
        "activated",
        "void",
        "in_transit",
        "available",
        "available",
    ]


async def test_more_than_fit_into_one_transaction_all_expire(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(0)
    for number in range(AT_ONCE + 1):
        await drawer.add(f"KQ7-{number}", activate_by=date(2026, 1, 1))
    assert await expire(now=now) == AT_ONCE + 1


async def test_a_process_that_ends_leaves_the_rest_to_the_next(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(0)
    await drawer.add("KQ7", activate_by=date(2026, 1, 1))
    assert await expire(now=now, stopping=lambda: True) == 0
    assert await expire(now=now) == 1


async def _expire(now: datetime) -> int:
    return await expire(now=now)


async def test_several_processes_let_each_expire_once(
    database: Any, database_url: str, now: datetime
) -> None:
    drawer = await Drawer.made(0)
    for number in range(30):
        await drawer.add(f"KQ7-{number}", activate_by=date(2026, 1, 1))
    assert sum(together(database_url, _expire, [now] * 3)) == 30
    assert set(await drawer.statuses()) == {"expired"}
    for voucher_id in drawer.ids:
        assert await _trail(voucher_id) == ["voucher.expired"]
