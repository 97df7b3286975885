"""The keys of vouchers as an operator handles them: given, missing, changed, explained."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx

from comptoir.core import clock, db, vault
from comptoir.core.accounts import tokens
from comptoir.core.principal import SYSTEM
from comptoir.core.vault import Vault, VaultKey
from comptoir.inventory.vouchers.rotation import in_use
from comptoir.inventory.vouchers.sealing import Secret
from tests import factories as make
from tests.roof.commands import comptoir, serving
from tests.roof.test_check import PRODUCTION

CODE = "8941030012345678904"
KEY = "a-key-of-this-test-that-opens-no-drawer-of-anybody"
NEXT_KEY = "the-next-key-of-this-test-that-opens-no-drawer"

Result = TypeVar("Result")


def on(url: str, work: Callable[[], Awaitable[Result]]) -> Result:
    """Run something against a database of a command's."""

    async def run() -> Result:
        db.connect(url)
        try:
            return await work()
        finally:
            await db.disconnect()

    return asyncio.run(run())


async def stocked() -> tuple[str, str]:
    """A voucher, and a token that may read its code."""
    site = await make.site()
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=site.id)
    voucher = await make.voucher(batch, Secret(code=CODE))
    command = tokens.CreateToken(name="Test", scopes=("inventory",), site_id=site.id)
    made = await tokens.create_token(SYSTEM, command, now=clock.now())
    return str(voucher.id), made.token


async def keys() -> list[str]:
    return await in_use()


def in_production(url: str, key: str) -> dict[str, str]:
    return {**PRODUCTION, "DATABASE_URL": url, "COMPTOIR_VOUCHER_KEYS": key}


def contents(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in data.iterdir()} if data.exists() else {}


def test_nothing_starts_without_a_key_that_is_in_use(database_url: str, tmp_path: Path) -> None:
    vault.use(Vault([KEY]))
    on(database_url, stocked)
    wrong = in_production(database_url, NEXT_KEY)
    name = VaultKey(KEY).name
    for command in (
        ("serve", "--port", "1"),
        ("jobs",),
        ("migrate",),
        ("token", "add", "X", "--scope", "read"),
        ("vouchers", "rotate"),
    ):
        answer = comptoir(tmp_path / "data", *command, **wrong)
        assert answer.returncode == 1, command
        assert name in answer.stderr, command
        assert "COMPTOIR_VOUCHER_KEYS" in answer.stderr
        assert "Traceback" not in answer.stderr
        assert NEXT_KEY not in answer.stderr + answer.stdout
    assert on(database_url, keys) == [name]
    assert on(database_url, _tokens) == ["Test"]


async def _tokens() -> list[str]:
    return [row["name"] for row in await db.fetch("SELECT name FROM core_api_token")]


def test_whoever_has_lost_the_file_of_development_is_not_given_another(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert comptoir(data, "migrate").returncode == 0
    [secret] = (data / "voucher-keys").read_text().split()
    assert (data / "voucher-keys").stat().st_mode & 0o777 == 0o600
    vault.use(Vault([secret]))
    on(f"sqlite:///{data / 'comptoir.sqlite'}", stocked)
    (data / "voucher-keys").unlink()
    before = contents(data)
    answer = comptoir(data, "migrate")
    assert answer.returncode == 1
    assert VaultKey(secret).name in answer.stderr
    assert contents(data) == before


def test_in_development_a_new_key_is_made_while_the_server_runs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    url = f"sqlite:///{data / 'comptoir.sqlite'}"
    comptoir(data, "migrate")
    [old] = (data / "voucher-keys").read_text().split()
    vault.use(Vault([old]))
    voucher, token = on(url, stocked)
    with serving(data) as (port, _):
        address = f"http://127.0.0.1:{port}/api/v1/vouchers/{voucher}/reveals"

        def read() -> Any:
            head = {"Authorization": f"Bearer {token}"}
            return httpx.post(address, headers=head, timeout=60).json()["code"]

        assert read() == CODE
        answer = comptoir(data, "vouchers", "rotate")
        assert answer.returncode == 0, answer.stderr
        new, kept = (data / "voucher-keys").read_text().split()
        assert kept == old
        assert VaultKey(old).name in answer.stdout
        assert f"It stays in {data / 'voucher-keys'}." in answer.stdout
        assert "COMPTOIR_VOUCHER_KEYS" not in answer.stdout
        assert new not in answer.stdout
        assert (data / "voucher-keys").stat().st_mode & 0o777 == 0o600
        assert on(url, keys) == [VaultKey(new).name]
        assert read() == CODE


def test_a_key_that_was_made_and_not_used_is_used_the_next_time(tmp_path: Path) -> None:
    data = tmp_path / "data"
    url = f"sqlite:///{data / 'comptoir.sqlite'}"
    comptoir(data, "migrate")
    [old] = (data / "voucher-keys").read_text().split()
    vault.use(Vault([old]))
    on(url, stocked)
    (data / "voucher-keys").write_text(f"{KEY}\n{old}\n")  # and then the power failed
    assert comptoir(data, "vouchers", "rotate").returncode == 0
    assert (data / "voucher-keys").read_text().split() == [KEY, old]
    assert on(url, keys) == [VaultKey(KEY).name]


def test_in_production_the_operator_gives_the_new_key(database_url: str, tmp_path: Path) -> None:
    vault.use(Vault([KEY]))
    on(database_url, stocked)
    data = tmp_path / "data"
    answer = comptoir(data, "vouchers", "rotate", **in_production(database_url, KEY))
    assert (answer.returncode, on(database_url, keys)) == (1, [VaultKey(KEY).name])
    both = in_production(database_url, f"{NEXT_KEY},{KEY}")
    assert comptoir(data, "vouchers", "rotate", **both).returncode == 0
    assert on(database_url, keys) == [VaultKey(NEXT_KEY).name]
    alone = comptoir(data, "check", **in_production(database_url, NEXT_KEY))
    assert alone.returncode == 0, alone.stdout


def test_with_a_lost_key_one_goes_on_without_its_codes(database_url: str, tmp_path: Path) -> None:
    vault.use(Vault([KEY]))
    on(database_url, stocked)
    data, name = tmp_path / "data", VaultKey(KEY).name
    known = in_production(database_url, KEY)
    assert comptoir(data, "vouchers", "give-up-key", name, **known).returncode == 1
    other = in_production(database_url, NEXT_KEY)
    assert comptoir(data, "vouchers", "give-up-key", "0" * 16, **other).returncode == 1
    assert on(database_url, status) == ("available", "")
    answer = comptoir(data, "vouchers", "give-up-key", name, **other)
    assert answer.returncode == 0, answer.stderr
    assert on(database_url, status) == ("void", "lost")
    assert on(database_url, keys) == [VaultKey(NEXT_KEY).name]
    assert comptoir(data, "migrate", **other).returncode == 0
    vault.use(Vault([NEXT_KEY]))
    on(database_url, stocked)  # the same code comes in again


async def status() -> tuple[str, str]:
    [row] = await db.fetch("SELECT status, void_reason FROM inventory_voucher")
    return row["status"], row["void_reason"]


def test_without_vouchers_there_is_nothing_to_change(database_url: str, tmp_path: Path) -> None:
    answer = comptoir(tmp_path / "data", "vouchers", "rotate", **in_production(database_url, KEY))
    assert answer.returncode == 1
    assert "no voucher" in answer.stderr


def findings(data: Path, **settings: str) -> list[str]:
    """What the check says of the keys."""
    answer = comptoir(data, "check", **settings)
    assert KEY not in answer.stdout
    return [line for line in answer.stdout.splitlines() if "voucher keys" in line]


def test_the_check_says_where_the_keys_are_and_what_is_wrong_with_them(
    database_url: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    [unset] = findings(data, **in_production(database_url, ""))
    assert unset.startswith("note")
    vault.use(Vault([KEY]))
    on(database_url, stocked)
    [good] = findings(data, **in_production(database_url, KEY))
    assert good.startswith("ok")
    assert VaultKey(KEY).name in good
    assert "COMPTOIR_VOUCHER_KEYS" in good
    said = comptoir(data, "check", **in_production(database_url, KEY)).stdout
    assert "apart from the backups" in said
    [missing] = findings(data, **in_production(database_url, NEXT_KEY))
    assert missing.startswith("wrong")
    assert VaultKey(KEY).name in missing
    on(database_url, spoil)
    [spoilt] = findings(data, **in_production(database_url, KEY))
    assert spoilt.startswith("wrong")


async def spoil() -> None:
    await db.execute("UPDATE inventory_voucher SET sealed = :none", none=b"nothing of ours" * 9)


def test_the_check_warns_of_a_key_beside_the_database(tmp_path: Path) -> None:
    comptoir(tmp_path, "migrate")
    [found] = findings(tmp_path)
    assert found.startswith("note")
    assert "backup" in found
    (tmp_path / "voucher-keys").chmod(0o644)
    answer = comptoir(tmp_path, "check")
    assert answer.returncode == 1
    assert "voucher-keys" in answer.stdout


def test_a_copy_of_the_database_alone_opens_nothing(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    comptoir(data, "migrate")
    vault.use(Vault((data / "voucher-keys").read_text().split()))
    on(f"sqlite:///{data / 'comptoir.sqlite'}", stocked)
    copy.mkdir()
    shutil.copy(data / "comptoir.sqlite", copy / "comptoir.sqlite")
    assert comptoir(copy, "migrate").returncode == 1
    assert not (copy / "voucher-keys").exists()
