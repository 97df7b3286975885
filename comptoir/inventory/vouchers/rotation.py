"""A new key for the codes of vouchers, while the program runs and seals.

Three steps, each of which may be done again: the new key is listed and made current; what is
sealed with another is sealed and marked anew, a part at a time; the others and their marks go.
Where it stands is in the rows alone, so whoever was killed begins anew and goes on.

At no moment is a code without a mark of a key that is listed, so that an equal one is found.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db, vault
from comptoir.core.principal import Principal
from comptoir.core.vault import VaultKey
from comptoir.inventory.vouchers.errors import VoucherKeyUnset
from comptoir.inventory.vouchers.sealing import Secret, marks_of, unseal
from comptoir.inventory.vouchers.statuses import VoidReason, VoucherStatus
from comptoir.inventory.vouchers.steps import void_together
from comptoir.inventory.vouchers.tables import VoucherKey

#: Vouchers of one transaction: a desk that wants one of them waits for some milliseconds.
AT_ONCE = 100
#: Any number does; it keeps two rotations apart.
_LOCK = 7_266_726_785

_IN_STOCK = (VoucherStatus.AVAILABLE, VoucherStatus.RESERVED, VoucherStatus.IN_TRANSIT)

_KEYS = "SELECT name, current FROM inventory_voucher_key ORDER BY name"
_SEALED_WITH = """
SELECT id, key, sealed FROM inventory_voucher WHERE key = :key ORDER BY id LIMIT :most
"""
_SEAL = "UPDATE inventory_voucher SET sealed = :sealed, key = :key WHERE id = :id"
_LOST = """
SELECT id, status FROM inventory_voucher WHERE key = :key ORDER BY id LIMIT :most
"""
_LOSE = """
UPDATE inventory_voucher SET sealed = :sealed, key = :key, version = version + 1 WHERE id = :id
"""
_MARKED = "SELECT voucher FROM inventory_voucher_mark WHERE key = :key AND voucher IN :vouchers"
_MARK = "INSERT INTO inventory_voucher_mark (voucher, key, mark) VALUES (:voucher, :key, :mark)"
_SOME_MARKS = """
DELETE FROM inventory_voucher_mark WHERE id IN (
    SELECT id FROM inventory_voucher_mark WHERE key = :key LIMIT :most)
RETURNING id
"""


class Rotated(msgspec.Struct, frozen=True):
    """What was done: the key that everything is sealed with now, and those that it was."""

    current: str
    former: tuple[str, ...]
    sealed: int


async def in_use() -> list[str]:
    """The names of the keys that something is sealed or marked with; the current one first."""
    if not await VoucherKey.table_exists().run():
        return []
    rows = await db.fetch(_KEYS)
    return [row["name"] for row in sorted(rows, key=lambda row: not row["current"])]


async def need_keys() -> None:
    """See that this process was given every key that is in use.

    Raises:
        vault.KeyMissing: it was not.
    """
    for name in await in_use():
        vault.current().key(name)


async def rotate(actor: Principal, *, now: datetime) -> Rotated:
    """Seal and mark everything with the newest key, and need no other.

    What was begun before and not ended is ended. Many transactions.

    Raises:
        VoucherKeyUnset: the program was given no key.
        vault.KeyMissing: a key in use was not given.
    """
    newest = vault.current().newest
    if newest is None:
        raise VoucherKeyUnset
    async with db.advisory_lock(_LOCK):
        await need_keys()
        await _make_current(newest, now=now)
        former = [name for name in await in_use() if name != newest.name]
        sealed = 0
        for name in former:
            while done := await _seal_some(newest, name):
                sealed += done
            await _forget(actor, newest, name, "voucher_key.rotated", now=now)
    return Rotated(newest.name, tuple(former), sealed)


async def give_up(actor: Principal, lost: str, *, now: datetime) -> int:
    """Go on without a key that is lost: what was sealed with it has no code any more; how many.

    What was in stock is void. What was given stays so. Nothing finds those codes again, should
    they be taken in anew.

    Raises:
        VoucherKeyUnset: the program was given no key to go on with.
    """
    newest, given_up = vault.current().newest, 0
    if newest is None:
        raise VoucherKeyUnset
    async with db.advisory_lock(_LOCK):
        await _make_current(newest, now=now)
        while done := await _lose_some(actor, newest, lost, now=now):
            given_up += done
        await _forget(actor, newest, lost, "voucher_key.given_up", now=now)
    return given_up


async def _make_current(key: VaultKey, *, now: datetime) -> None:
    """From here on, what is new is sealed with this key; nothing does where nothing is sealed."""
    async with db.transaction():
        rows = await _hold_keys()
        if not rows or any(row["name"] == key.name and row["current"] for row in rows):
            return
        await db.execute(
            "INSERT INTO inventory_voucher_key (name, current, added_at) "
            "VALUES (:name, :no, :now) ON CONFLICT (name) DO NOTHING",
            name=key.name,
            no=False,
            now=now,
        )
        for name, current in [(row["name"], False) for row in rows] + [(key.name, True)]:
            await db.execute(
                "UPDATE inventory_voucher_key SET current = :current WHERE name = :name",
                name=name,
                current=current,
            )


async def _seal_some(key: VaultKey, former: str) -> int:
    """Seal and mark a part of what another key sealed; how many."""
    begun = time.monotonic()
    async with db.transaction():
        lock = db.for_update("inventory_voucher")
        rows = await db.fetch(_SEALED_WITH + lock, key=former, most=AT_ONCE)
        # Where a rotation that was begun is turned back, some have a mark of this key still.
        marked = await _marked(key, [row["id"] for row in rows])
        marks: list[dict[str, object]] = []
        for row in rows:
            secret = unseal(row)
            sealed = key.seal(msgspec.json.encode(secret).decode(), row=row["id"])
            await db.execute(_SEAL, id=row["id"], sealed=sealed, key=key.name)
            if row["id"] not in marked:
                [mark] = marks_of(secret, [key]).values()
                marks.append({"voucher": row["id"], "key": key.name, "mark": mark})
        await db.insert_many(_MARK, sorted(marks, key=lambda row: str(row["mark"])))
    await _rest(begun)
    return len(rows)


async def _marked(key: VaultKey, vouchers: Sequence[UUID]) -> set[UUID]:
    """Which of these vouchers a key has marked already."""
    if not vouchers:
        return set()
    rows = await db.fetch(_MARKED, key=key.name, vouchers=list(vouchers))
    return {row["voucher"] for row in rows}


async def _lose_some(actor: Principal, key: VaultKey, lost: str, *, now: datetime) -> int:
    begun = time.monotonic()
    empty = msgspec.json.encode(Secret(code="")).decode()
    async with db.transaction():
        lock = db.for_update("inventory_voucher")
        rows = await db.fetch(_LOST + lock, key=lost, most=AT_ONCE)
        for row in rows:
            sealed = key.seal(empty, row=row["id"])
            await db.execute(_LOSE, id=row["id"], sealed=sealed, key=key.name)
        in_stock = [row["id"] for row in rows if row["status"] in _IN_STOCK]
        await void_together(actor, in_stock, VoidReason.LOST, now=now)
    await _rest(begun)
    return len(rows)


async def _forget(
    actor: Principal, key: VaultKey, former: str, action: str, *, now: datetime
) -> None:
    """Take a key off the list that nothing is sealed with any more, and its marks."""
    begun = time.monotonic()
    while await db.fetch(_SOME_MARKS, key=former, most=AT_ONCE * 10):
        await _rest(begun)
        begun = time.monotonic()
    async with db.transaction():
        await _hold_keys()
        # What came in until now has a mark of it still.
        await db.execute("DELETE FROM inventory_voucher_mark WHERE key = :key", key=former)
        await db.execute("DELETE FROM inventory_voucher_key WHERE name = :key", key=former)
        await audit.record(
            actor,
            action,
            "voucher_key",
            None,
            now=now,
            changes={"key": [former, key.name]},
        )


async def _hold_keys() -> Sequence[db.Row]:
    """The keys, none of which is added or taken away until this transaction ends.

    It waits for every transaction that seals, and later ones wait for it.
    """
    return await db.fetch(_KEYS + db.for_update("inventory_voucher_key"))


async def _rest(begun: float) -> None:
    """Let others write for as long as this wrote: nothing else gives them their turn on SQLite."""
    await asyncio.sleep(time.monotonic() - begun)
