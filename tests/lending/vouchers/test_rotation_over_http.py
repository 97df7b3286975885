"""Keys change by the command while vouchers are given and taken in over HTTP; it is killed too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from comptoir.core import db, vault
from comptoir.core.vault import Vault, VaultKey
from comptoir.inventory.vouchers.rotation import in_use
from comptoir.inventory.vouchers.sealing import Secret, find
from tests.keys import VOUCHER_KEY
from tests.lending.vouchers.over_http import Counter, codes_in_stock
from tests.roof.commands import comptoir, kill, start
from tests.waiting import until

NEXT_KEY = "the-next-key-of-tests-that-opens-no-drawer"
OLD, NEW = VaultKey(VOUCHER_KEY).name, VaultKey(NEXT_KEY).name
CODES, PEOPLE = 500, 60


async def sealed_with(name: str) -> int:
    row = await db.fetch_one(
        "SELECT COUNT(*) AS number FROM inventory_voucher WHERE key = :name", name=name
    )
    assert row is not None
    return int(row["number"])


@pytest.mark.long
async def test_vouchers_are_given_and_taken_in_while_the_command_is_killed_and_run_again(
    database: object, database_url: str, tmp_path: Path
) -> None:
    counter = await Counter().open(database_url, codes=CODES, people=PEOPLE)
    data, both = tmp_path / "data", f"{NEXT_KEY},{VOUCHER_KEY}"
    settings = {"DATABASE_URL": database_url, "COMPTOIR_VOUCHER_KEYS": both}
    with counter.serving(data, keys=both) as server:
        asking = asyncio.create_task(
            asyncio.to_thread(counter.ask, server, PEOPLE, batches=PEOPLE // 2)
        )
        rotating = start(data, "vouchers", "rotate", **settings)

        async def some_are_sealed_anew() -> bool:
            return await sealed_with(NEW) > 0

        await until(some_are_sealed_anew)
        kill(rotating)
        assert await sealed_with(OLD) > 0
        assert {*await in_use()} == {OLD, NEW}
        ended = await asyncio.to_thread(comptoir, data, "vouchers", "rotate", **settings)
        assert ended.returncode == 0, ended.stderr
        told = await asking

    amiss = [each for each in told.values() if each.outcome not in ("given", "taken in")]
    assert amiss == []
    assert await in_use() == [NEW]
    assert await sealed_with(OLD) == 0
    # The old key is taken away: the new one alone opens and finds everything.
    vault.use(Vault([NEXT_KEY]))
    codes = await codes_in_stock()
    assert len({*codes.values()}) == len(codes) == CODES + PEOPLE // 2
    for each in told.values():
        if each.outcome == "given":
            assert codes[each.about] == each.code
            assert str(await find(Secret(each.code))) == each.about
    with counter.serving(data, keys=NEXT_KEY) as server:
        again = await asyncio.to_thread(counter.ask, server, PEOPLE)
    given = {key: each for key, each in told.items() if each.outcome == "given"}
    assert again == given
