"""``comptoir vouchers``: the keys that seal the codes of vouchers."""

from __future__ import annotations

import argparse
import asyncio

from comptoir.commands import CommandFailed
from comptoir.commands.database import connected
from comptoir.core import clock, db, vault
from comptoir.core.principal import SYSTEM
from comptoir.core.settings import Settings, load
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers.rotation import Rotated, in_use, rotate
from comptoir.inventory.vouchers.rotation import give_up as give_up_key
from comptoir.opening import open_vault


def rotate_keys(arguments: argparse.Namespace) -> None:
    """Seal everything with the newest key; in development, make that first."""
    settings = load()
    done = asyncio.run(_rotate(settings))
    print(f"{done.sealed} codes were sealed anew. The key {done.current} is the only one in use.")
    for name in done.former:
        if settings.vault_file is None:
            print(f"The key {name} is not used any more: take it off COMPTOIR_VOUCHER_KEYS.")
        else:
            print(f"The key {name} is not used any more. It stays in {settings.vault_file}.")
    print("Keep each old key, apart, for as long as you keep backups from before today.")


def give_up(arguments: argparse.Namespace) -> None:
    """Go on without a key that is lost."""
    number = asyncio.run(_give_up(load(), arguments.key))
    print(f"{number} vouchers have no code any more. Those that were in stock are void.")


async def _give_up(settings: Settings, lost: str) -> int:
    db.connect(settings.database)
    try:
        ours = Vault(settings.vault_keys)
        if lost in ours.keys:
            raise CommandFailed(f"the key {lost} is given: it is not lost.")
        if lost not in await in_use():
            raise CommandFailed(f"no key {lost} is in use. `comptoir check` names those that are.")
        if ours.newest is None:
            settings.make_vault_file()
            ours = Vault(settings.vault_keys)
        vault.use(ours)
        return await give_up_key(SYSTEM, lost, now=clock.now())
    finally:
        await db.disconnect()


async def _rotate(settings: Settings) -> Rotated:
    async with connected(settings):
        known, newest = await in_use(), vault.current().newest
        if not known:
            raise CommandFailed("no voucher has been taken in yet: there is nothing to seal anew.")
        if newest is not None and known == [newest.name]:
            if not settings.add_vault_key():
                raise CommandFailed(
                    f"everything is sealed with the newest key ({newest.name}) already. "
                    "Put a new one before it in COMPTOIR_VOUCHER_KEYS, start all servers anew with "
                    "that, then run this again. See docs/operator/voucher-keys.md."
                )
            await open_vault(settings)
        return await rotate(SYSTEM, now=clock.now())
