"""The code of a voucher, for other programs."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.core.api import Call, post
from comptoir.core.vault import Clear, KeyMissing, Unreadable
from comptoir.inventory.vouchers.errors import RevealedTooOften, RevealNotAllowed, VoucherNotFound
from comptoir.inventory.vouchers.revealing import Shown, reveal

TAG = "Vouchers"


class VoucherCode(msgspec.Struct, frozen=True):
    """What is secret of a voucher; null is what it does not have.

    ``code`` is the ICCID of a SIM, what is dialled, a Wi-Fi code or password, or the activation
    text of an eSIM; null too where its key was lost. ``user`` is the name that goes with a
    password.
    """

    voucher_id: UUID
    code: Clear | None
    user: Clear | None
    pin: Clear | None
    puk: Clear | None
    number: Clear | None

    @classmethod
    def of(cls, voucher_id: UUID, shown: Shown) -> VoucherCode:
        """What was shown of a voucher."""
        return cls(voucher_id, shown.code, shown.user, shown.pin, shown.puk, shown.number)


async def _anew(call: Call, first: VoucherCode) -> VoucherCode:
    return VoucherCode.of(
        first.voucher_id, await reveal(call.actor, first.voucher_id, now=call.now)
    )


@post(
    "/vouchers/{voucher_id:uuid}/reveals",
    scopes=("inventory",),
    tag=TAG,
    errors=(VoucherNotFound, RevealNotAllowed, RevealedTooOften, KeyMissing, Unreadable),
    again=_anew,
)
async def reveal_voucher(call: Call, voucher_id: UUID) -> VoucherCode:
    """Read the code of a voucher. That it was read is written down.

    A repeated call reads it anew: the code itself is kept in no outcome.
    """
    return VoucherCode.of(voucher_id, await reveal(call.actor, voucher_id, now=call.now))


ROUTES = [reveal_voucher]
