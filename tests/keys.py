"""The key of vouchers that tests are run with, in each process of theirs."""

from __future__ import annotations

from comptoir.core import vault
from comptoir.core.vault import Vault

VOUCHER_KEY = "a-key-of-tests-that-opens-no-drawer-of-anybody"


def use_voucher_key() -> None:
    """Give this process the key."""
    vault.use(Vault([VOUCHER_KEY]))
