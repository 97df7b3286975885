"""A code shown to somebody: who may, how often, and that it was.

What is shown when a voucher is given is not asked for here: giving it is what is written down.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db, events
from comptoir.core.accounts import fresh, throttle
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.principal import Principal
from comptoir.core.vault import Clear
from comptoir.inventory.names import read_name
from comptoir.inventory.vouchers.errors import RevealedTooOften, VoucherNotFound
from comptoir.inventory.vouchers.events import VouchersRevealed
from comptoir.inventory.vouchers.permissions import need_reveal
from comptoir.inventory.vouchers.sealing import Secret, unseal
from comptoir.inventory.vouchers.statuses import Medium

_VOUCHER = """
SELECT voucher.id, voucher.site, voucher.key, voucher.sealed, voucher.hint, kind.medium, kind.names
FROM inventory_voucher voucher JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE voucher.id = :id
"""


class Masked(msgspec.Struct, frozen=True):
    """A voucher whose code is not shown: ``hint`` are its last characters, if they say little."""

    id: UUID
    name: str
    medium: Medium
    hint: str


class Shown(msgspec.Struct, frozen=True):
    """What is sealed of a voucher, for whoever may see it; None is what it does not have."""

    code: Clear | None
    user: Clear | None = None
    pin: Clear | None = None
    puk: Clear | None = None
    number: Clear | None = None

    @classmethod
    def of(cls, secret: Secret, *, pins: bool = True) -> Shown:
        """A secret in parts that nothing keeps by mistake, with PIN and PUK or without."""
        return cls(
            code=Clear(secret.code) if secret.code else None,  # its key was lost
            user=Clear(secret.user) if secret.user else None,
            pin=Clear(secret.pin) if secret.pin and pins else None,
            puk=Clear(secret.puk) if secret.puk and pins else None,
            number=Clear(secret.number) if secret.number else None,
        )

    def tells_more(self, medium: Medium) -> bool:
        """Whether there is more than the number that stands on a SIM card."""
        return medium is not Medium.SIM or any((self.pin, self.puk, self.number))


async def masked(actor: Principal, voucher_id: UUID, *, now: datetime) -> Masked:
    """The voucher, for whoever may see its code and has not asked for it.

    Raises:
        VoucherNotFound, RevealNotAllowed: see ``need_reveal``.
    """
    row = await _read(actor, voucher_id, now=now)
    return Masked(row["id"], read_name(row["names"]), Medium(row["medium"]), row["hint"])


async def reveal(actor: Principal, voucher_id: UUID, *, password: str = "", now: datetime) -> Shown:
    """Show the code of a voucher. That it was shown is written down, and nothing of the code.

    Raises:
        VoucherNotFound, RevealNotAllowed: see ``need_reveal``.
        PasswordAgainNeeded, CurrentPasswordWrong, TooManyAttempts: see ``fresh.need_fresh``.
        RevealedTooOften: the actor saw many codes in a short time.
        vault.KeyMissing, vault.Unreadable: it cannot be opened.
    """
    await _read(actor, voucher_id, now=now)
    await fresh.need_fresh(actor, password, now=now)
    try:
        await throttle.begin([throttle.vouchers_shown(actor.id)], now=now)
    except TooManyAttempts as waiting:
        raise RevealedTooOften(waiting.retry_after) from None
    async with db.transaction():
        # Held to the end: its batch is not taken out while somebody reads it.
        held = "SELECT id FROM inventory_voucher WHERE id = :id"
        await db.fetch_one(held + db.for_share("inventory_voucher"), id=voucher_id)
        row = await _read(actor, voucher_id, now=now)
        shown = Shown.of(unseal(row))
        await audit.record(
            actor, "voucher.revealed", "voucher", voucher_id, now=now, site_id=row["site"]
        )
        if shown.tells_more(Medium(row["medium"])):
            await events.publish(VouchersRevealed((voucher_id,), now))
    return shown


async def _read(actor: Principal, voucher_id: UUID, *, now: datetime) -> db.Row:
    row = await db.fetch_one(_VOUCHER, id=voucher_id)
    if row is None:
        raise VoucherNotFound
    await need_reveal(actor, voucher_id, site_id=row["site"], now=now)
    return row
