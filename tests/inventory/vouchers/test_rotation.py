"""Keys change while the program runs: every code stays readable, and none comes in twice."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core import db, vault
from comptoir.core.principal import SYSTEM, Principal, Role, SiteRole
from comptoir.core.vault import KeyMissing, Vault, VaultKey
from comptoir.inventory.vouchers import rotation
from comptoir.inventory.vouchers.errors import VoucherKeyUnset, VouchersInvalid
from comptoir.inventory.vouchers.parcels import transfer
from comptoir.inventory.vouchers.rotation import in_use, rotate
from comptoir.inventory.vouchers.schemas import NewVoucher, TakeIn
from comptoir.inventory.vouchers.sealing import Secret, find, sealer, unseal
from comptoir.inventory.vouchers.tables import Voucher, VoucherBatch
from comptoir.inventory.vouchers.taking_in import take_in
from comptoir.inventory.vouchers.transfers import SendVouchers, send_vouchers
from tests import factories as make
from tests.keys import VOUCHER_KEY
from tests.locks import overtaken
from tests.processes import together

NEXT_KEY = "the-next-key-of-tests-that-opens-no-drawer"
OLD, NEW = VaultKey(VOUCHER_KEY).name, VaultKey(NEXT_KEY).name


def use_both() -> None:
    vault.use(Vault([NEXT_KEY, VOUCHER_KEY]))


async def batch_of(number: int) -> VoucherBatch:
    """A batch with as many vouchers, whose codes are KQ7-000, KQ7-001 …"""
    kind = await make.voucher_kind(medium="wifi")
    batch = await make.voucher_batch(kind, site_id=(await make.site()).id)
    for each in range(number):
        await make.voucher(batch, Secret(code=f"KQ7-{each:03}"))
    return batch


async def readable() -> list[str]:
    """The codes of all vouchers, read with the new key alone, each found by its mark."""
    vault.use(Vault([NEXT_KEY]))
    rows = await db.fetch("SELECT id, key, sealed FROM inventory_voucher ORDER BY id")
    codes = []
    for row in rows:
        secret = unseal(row)
        assert await find(secret) == row["id"]
        codes.append(secret.code)
    return codes


async def marks() -> list[tuple[str, int]]:
    rows = await db.fetch(
        "SELECT key, COUNT(*) AS number FROM inventory_voucher_mark GROUP BY key ORDER BY key"
    )
    return [(row["key"], row["number"]) for row in rows]


async def test_everything_is_sealed_and_marked_with_the_new_key_alone(
    database: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "AT_ONCE", 2)
    await batch_of(5)
    use_both()
    done = await rotate(SYSTEM, now=now)
    assert (done.current, done.former, done.sealed) == (NEW, (OLD,), 5)
    assert await in_use() == [NEW]
    assert await marks() == [(NEW, 5)]
    assert await readable() == [f"KQ7-{each:03}" for each in range(5)]
    [row] = await db.fetch("SELECT changes FROM core_audit_event WHERE action LIKE 'voucher_key%'")
    assert NEXT_KEY not in row["changes"]
    again = await rotate(SYSTEM, now=now)
    assert (again.former, again.sealed) == ((), 0)


async def test_without_its_keys_nothing_is_changed(database: Any, now: datetime) -> None:
    await batch_of(1)
    vault.use(Vault([NEXT_KEY]))
    with pytest.raises(KeyMissing):
        await rotate(SYSTEM, now=now)
    vault.use(Vault(()))
    with pytest.raises(VoucherKeyUnset):
        await rotate(SYSTEM, now=now)
    assert await in_use() == [OLD]


async def test_where_nothing_is_sealed_there_is_nothing_to_do(database: Any, now: datetime) -> None:
    use_both()
    assert (await rotate(SYSTEM, now=now)).sealed == 0
    assert await in_use() == []


class _Killed(BaseException):
    """What no handler catches."""


async def test_killed_at_any_step_it_goes_on_where_it_was(
    database: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "AT_ONCE", 2)
    await batch_of(3)
    use_both()
    with db.count_statements() as sent:
        await rotate(SYSTEM, now=now)
    for step in range(1, len(sent) + 1):
        older, newer = (VOUCHER_KEY, NEXT_KEY) if step % 2 == 0 else (NEXT_KEY, VOUCHER_KEY)
        vault.use(Vault([newer, older]))
        left = iter(range(step, 0, -1))

        def count(_statement: str, left: Any = left) -> None:
            if next(left, 0) == 1:
                raise _Killed

        db.engine().listeners.append(count)
        with suppress(_Killed):  # or it had less to do than the first one
            await rotate(SYSTEM, now=now)
        db.engine().listeners.remove(count)
        for each in range(3):
            assert await find(Secret(code=f"KQ7-{each:03}")) is not None, sent[step - 1]
        await rotate(SYSTEM, now=now)
        assert await in_use() == [VaultKey(newer).name]
        assert await marks() == [(VaultKey(newer).name, 3)]
    use_both()
    await rotate(SYSTEM, now=now)
    assert await readable() == ["KQ7-000", "KQ7-001", "KQ7-002"]


async def test_one_that_was_begun_can_be_turned_back_at_any_step(
    database: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "AT_ONCE", 2)
    await batch_of(3)
    use_both()
    with db.count_statements() as sent:
        await rotate(SYSTEM, now=now)
    first, other = NEXT_KEY, VOUCHER_KEY
    for step in range(1, len(sent) + 1):
        left = iter(range(step, 0, -1))

        def count(_statement: str, left: Any = left) -> None:
            if next(left, 0) == 1:
                raise _Killed

        vault.use(Vault([other, first]))
        db.engine().listeners.append(count)
        with suppress(_Killed):
            await rotate(SYSTEM, now=now)
        db.engine().listeners.remove(count)
        vault.use(Vault([first, other]))
        await rotate(SYSTEM, now=now)
        name = VaultKey(first).name
        assert (await in_use(), await marks()) == ([name], [(name, 3)]), sent[step - 1]
    assert await readable() == ["KQ7-000", "KQ7-001", "KQ7-002"]


async def test_what_loses_its_code_is_void_as_any_other_with_a_line_for_each(
    database: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "AT_ONCE", 2)
    batch = await batch_of(2)
    await make.voucher(batch, status="reserved", reserved_until=now)
    given = await make.voucher(batch, status="issued", issued_at=now)
    actor = await make.principal(Role.COORDINATOR, batch.site)
    parcel = await send_vouchers(
        actor, SendVouchers(batch.id, batch.site, (await make.site()).id, 1), now=now
    )
    vault.use(Vault([NEXT_KEY]))
    assert await rotation.give_up(SYSTEM, OLD, now=now) == 4
    rows = await Voucher.objects().order_by(Voucher.id)
    assert [row.status for row in rows] == ["void", "void", "void", "issued"]
    for row in rows[:3]:
        assert (row.void_reason, row.ended_at) == ("lost", now)
        assert row.reserved_until is None
        assert row.transfer is None
        [happened] = await db.fetch(
            "SELECT CAST(changes AS TEXT) AS changes, site_id FROM core_audit_event "
            "WHERE subject_id = :id AND action = 'voucher.voided'",
            id=row.id,
        )
        assert happened["site_id"] == batch.site
        changes = msgspec.json.decode(happened["changes"])
        assert changes["reason"] == [None, "lost"]
        assert changes["status"][1] == "void"
    assert not (await transfer(actor, parcel)).underway
    [closed] = await db.fetch(
        "SELECT subject_id FROM core_audit_event WHERE action = 'voucher_transfer.voided'"
    )
    assert closed["subject_id"] == parcel
    assert not await db.fetch("SELECT id FROM core_audit_event WHERE subject_id = :id", id=given.id)


async def test_a_key_is_added_after_whoever_seals_and_known_to_whoever_waits(
    database: Any, now: datetime
) -> None:
    await batch_of(1)
    use_both()
    marked: list[set[str]] = []

    async def adds_a_key(until_waited_for: Any) -> None:
        async with db.transaction():
            await rotation._hold_keys()
            await until_waited_for()
            await db.execute(
                "INSERT INTO inventory_voucher_key (name, current, added_at) "
                "VALUES (:name, :no, :now)",
                name=NEW,
                no=False,
                now=now,
            )

    async def seals() -> None:
        async with db.transaction():
            marked.append({*(await sealer(now=now)).marks(Secret(code="KQ8"))})

    await overtaken(adds_a_key, seals())
    assert marked == [{OLD, NEW}]


async def test_a_process_reads_its_file_again_for_a_key_it_does_not_know(
    database: Any, now: datetime
) -> None:
    await batch_of(1)
    lines = [VOUCHER_KEY]
    running = Vault(lines, again=lambda: lines)
    use_both()
    await rotate(SYSTEM, now=now)
    vault.use(running)
    with pytest.raises(KeyMissing):
        await find(Secret(code="KQ7-000"))
    lines.insert(0, NEXT_KEY)
    assert await find(Secret(code="KQ7-000")) is not None


IMPORTS = 12
OF_EACH = 30


async def take_in_or_rotate(order: tuple[int, UUID, UUID, datetime]) -> list[str]:
    """Process 0 rotates, 1 and 2 take the same batches in, 3 reads; what it saw of it."""
    number, kind, site, now = order
    use_both()
    if number == 0:
        return [str((await rotate(SYSTEM, now=now)).former)]
    if number == 3:
        for _ in range(60):
            for row in await db.fetch("SELECT id, key, sealed FROM inventory_voucher LIMIT 50"):
                unseal(row)
        return []
    actor = Principal(
        kind="user", id=UUID(int=number), roles=(SiteRole(Role.COORDINATOR, site),), site_id=site
    )
    accepted = []
    for batch in range(IMPORTS):
        codes = tuple(f"KQ8-{batch:02}{each:03}" for each in range(OF_EACH))
        command = TakeIn(kind=kind, site=site, vouchers=tuple(map(NewVoucher, codes)))
        try:
            await take_in(actor, command, now=now)
        except VouchersInvalid:
            continue
        accepted.append(codes[0])
    return accepted


async def test_keys_change_under_load(database_url: str, now: datetime) -> None:
    db.connect(database_url)
    try:
        batch = await batch_of(300)
        orders = [(number, batch.kind, batch.site, now) for number in range(4)]
        results = await asyncio.to_thread(together, database_url, take_in_or_rotate, orders)
        assert results[0] == [str((OLD,))]
        # Each batch came in once, by one of the two.
        assert sorted(results[1] + results[2]) == [f"KQ8-{each:02}000" for each in range(IMPORTS)]
        assert await in_use() == [NEW]
        total = 300 + IMPORTS * OF_EACH
        assert await marks() == [(NEW, total)]
        codes = await readable()
        assert (len(codes), len(set(codes))) == (total, total)
    finally:
        await db.disconnect()
