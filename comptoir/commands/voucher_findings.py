"""What ``comptoir check`` says of the keys that seal the codes of vouchers."""

from __future__ import annotations

from comptoir.commands.findings import Finding, Level
from comptoir.core import db
from comptoir.core.settings import Settings
from comptoir.core.vault import KeyMissing, Unreadable, Vault
from comptoir.inventory.vouchers.rotation import in_use
from comptoir.inventory.vouchers.sealing import opens

_ABOUT = "voucher keys"
_KEEP = (
    "Keep it apart from the backups, at two places. With a backup it reads every code; whoever "
    "loses it loses the codes of all vouchers in stock. See docs/operator/voucher-keys.md."
)
_OF_KEY = "SELECT id, key, sealed FROM inventory_voucher WHERE key = :key ORDER BY id LIMIT 1"


async def voucher_keys(settings: Settings) -> Finding:
    """Where the keys are, whether they open what they should, and how to keep them."""
    ours, names = Vault(settings.vault_keys), await in_use()
    for name in names:
        try:
            key = ours.key(name)
        except KeyMissing:
            return Finding(
                Level.WRONG,
                _ABOUT,
                f"the key {name} is in use, and not given: nothing starts without it",
                f"{_to_give(settings)} If it is lost, see docs/operator/voucher-keys.md.",
            )
        row = await db.fetch_one(_OF_KEY, key=name)
        try:
            _ = row and opens(key, row)
        except Unreadable:
            return Finding(
                Level.WRONG,
                _ABOUT,
                f"a voucher cannot be opened with the key {name}: its row was altered",
                "Restore it from a backup, or have its vouchers declared void.",
            )
    if any(len(set(secret)) < 10 for secret in settings.vault_keys):
        return Finding(
            Level.WRONG,
            _ABOUT,
            "one is easy to guess",
            "Put a random one before it in COMPTOIR_VOUCHER_KEYS; run `comptoir vouchers rotate`.",
        )
    return _of_good_keys(settings, ours, names)


def _to_give(settings: Settings) -> str:
    """Where a key that is in use has to come."""
    if settings.vault_file is None:
        return "Add it to COMPTOIR_VOUCHER_KEYS, after the newest."
    return f"Put {settings.vault_file} back as it was, with this key on a line of its own."


def _of_good_keys(settings: Settings, ours: Vault, names: list[str]) -> Finding:
    if len(names) > 1:
        text = f"{', '.join(names)}: a change of keys was begun and has not ended"
        return Finding(Level.NOTE, _ABOUT, text, "Run `comptoir vouchers rotate` again.")
    if ours.newest is None:
        return Finding(
            Level.NOTE,
            _ABOUT,
            "none is set: vouchers cannot be taken in",
            "Set COMPTOIR_VOUCHER_KEYS to what `python3 -c 'import secrets; "
            "print(secrets.token_urlsafe(48))'` prints. Keep it apart from the backups.",
        )
    used = f"{names[0]} is in use" if names else "none is in use yet"
    if settings.vault_file is not None:
        return Finding(
            Level.NOTE,
            _ABOUT,
            f"{used}; they are in {settings.vault_file}, {_beside(settings)}",
            "To keep them apart, set COMPTOIR_VOUCHER_KEYS to the lines of that file, joined by "
            f"commas, and take the file away. {_KEEP}",
        )
    return Finding(Level.OK, _ABOUT, f"{used} (COMPTOIR_VOUCHER_KEYS)", _KEEP)


def _beside(settings: Settings) -> str:
    if settings.database_url:
        return "where a backup of the data folder takes them along"
    return "beside the database: a backup of the folder holds codes and key"
