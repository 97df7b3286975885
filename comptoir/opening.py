"""The database of a process, and the keys of what is sealed in it: opened together."""

from __future__ import annotations

from comptoir.core import vault
from comptoir.core.settings import Settings
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers.rotation import in_use, need_keys


async def open_vault(settings: Settings) -> None:
    """Make the keys of the settings those of this process, whose database is connected.

    The first key of development is made where nothing is sealed yet.

    Raises:
        vault.KeyMissing: one that is in use is not among them. Nothing was changed.
    """
    again = None if settings.vault_file is None else lambda: settings.vault_keys
    vault.use(Vault(settings.vault_keys, again=again))
    await need_keys()
    if vault.current().newest is None and not await in_use():
        settings.make_vault_file()
        vault.use(Vault(settings.vault_keys, again=again))
