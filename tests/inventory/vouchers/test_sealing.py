"""Vouchers sealed with the current key, and found by the marks of all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from comptoir.core import db, vault
from comptoir.core.ids import new_id
from comptoir.core.vault import KeyMissing, Unreadable, Vault, VaultKey
from comptoir.inventory.vouchers.errors import VoucherKeyUnset
from comptoir.inventory.vouchers.sealing import Secret, find, fold, hint, sealer, unseal
from comptoir.inventory.vouchers.tables import Voucher, VoucherKey
from tests import factories as make
from tests.keys import VOUCHER_KEY

NEXT_KEY = "the-next-key-of-tests-that-opens-no-drawer"


async def _row(voucher: Voucher) -> db.Row:
    row = await db.fetch_one(
        "SELECT id, key, sealed FROM inventory_voucher WHERE id = :id", id=voucher.id
    )
    assert row is not None
    return row


async def test_a_voucher_is_read_by_its_row_and_found_by_its_code(database: Any) -> None:
    site = await make.site()
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=site.id)
    secret = Secret(code="8941 0300 1234 5678 906", pin="1234", puk="87654321")
    voucher = await make.voucher(batch, secret)
    assert unseal(await _row(voucher)) == secret
    assert voucher.hint == "8906"
    assert await find(Secret(code="8941030012345678906")) == voucher.id
    assert await find(Secret(code="8941030012345678907")) is None


async def test_a_row_with_another_ones_code_is_refused(database: Any) -> None:
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=(await make.site()).id)
    one, other = await make.voucher(batch), await make.voucher(batch)
    with pytest.raises(Unreadable):
        unseal(await _row(one) | {"sealed": (await _row(other))["sealed"]})


async def test_equal_codes_are_one_voucher(database: Any) -> None:
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=(await make.site()).id)
    await make.voucher(batch, Secret(code="KQ7-MMX-204"))
    with pytest.raises(db.IntegrityErrors):
        await make.voucher(batch, Secret(code="KQ7MMX204"))


async def test_the_first_voucher_makes_the_newest_key_current(database: Any, now: datetime) -> None:
    vault.use(Vault([NEXT_KEY, VOUCHER_KEY]))
    async with db.transaction():
        await sealer(now=now)
    assert [(row.name, row.current) for row in await VoucherKey.objects()] == [
        (VaultKey(NEXT_KEY).name, True)
    ]


async def test_what_is_new_is_sealed_with_the_current_key_and_marked_with_all(
    database: Any, now: datetime
) -> None:
    vault.use(Vault([NEXT_KEY, VOUCHER_KEY]))
    old, new = VaultKey(VOUCHER_KEY).name, VaultKey(NEXT_KEY).name
    await VoucherKey.insert(VoucherKey(name=old, current=False, added_at=now))
    await VoucherKey.insert(VoucherKey(name=new, current=True, added_at=now))
    voucher_id = new_id()
    sealed = (await sealer(now=now)).seal(Secret(code="KQ7"), voucher_id=voucher_id)
    assert sealed.key == new
    assert set(sealed.marks) == {old, new}


async def test_without_a_key_nothing_is_sealed(database: Any, now: datetime) -> None:
    vault.use(Vault(()))
    with pytest.raises(VoucherKeyUnset):
        await sealer(now=now)
    assert await find(Secret(code="KQ7")) is None


async def test_a_key_that_is_not_given_is_named(database: Any, now: datetime) -> None:
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=(await make.site()).id)
    voucher = await make.voucher(batch)
    vault.use(Vault([NEXT_KEY]))
    for refused in (sealer(now=now), find(Secret(code="KQ7"))):
        with pytest.raises(KeyMissing) as missing:
            await refused
        assert missing.value.name == VaultKey(VOUCHER_KEY).name
    with pytest.raises(KeyMissing):
        unseal(await _row(voucher))


def test_a_code_is_the_same_with_hyphens_and_spaces() -> None:
    assert fold(" KQ7\u2011MMX\u00a0204 ") == fold("KQ7-MMX-204") == "KQ7MMX204"
    assert fold("kq7") != fold("KQ7")
    assert Secret(code="b", user="a").folded != Secret(code="ab").folded


def test_only_of_a_long_code_the_end_is_shown() -> None:
    assert hint("8941 0300 1234 5678 906") == "8906"
    assert hint("KQ7-MMX-204") == ""


def test_a_secret_does_not_print_itself() -> None:
    secret = Secret(code="KQ7-MMX-204", pin="1234")
    assert "KQ7" not in f"{secret!r} {secret}"
    assert "1234" not in repr(secret)
