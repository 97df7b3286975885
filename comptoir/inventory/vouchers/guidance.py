"""What to do with a code that is shown again: the same as when it was given."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.printing.qr import qr_symbol
from comptoir.core.printing.symbols import Symbol
from comptoir.inventory.names import read_name
from comptoir.inventory.vouchers.phone_texts import PhoneUse, qr_text
from comptoir.inventory.vouchers.revealing import Shown
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.secret_words import Line, secret_lines
from comptoir.inventory.vouchers.statuses import Medium, WifiCode

_KIND = """
SELECT kind.medium, kind.dial, kind.network, kind.wifi_code, kind.portal_url, kind.instructions
FROM inventory_voucher voucher JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE voucher.id = :id
"""


class Guidance(msgspec.Struct, frozen=True):
    """What is read and typed, what a camera takes, and how it is used; it is never to be kept."""

    lines: list[Line]
    symbol: Symbol | None
    network: str
    instructions: str


async def guidance(voucher_id: UUID, shown: Shown) -> Guidance:
    """How to use what was shown of a voucher, in the reader's language."""
    row = await db.fetch_one(_KIND, id=voucher_id)
    if row is None:
        raise LookupError(voucher_id)
    medium = Medium(row["medium"])
    use = PhoneUse(row["dial"], row["network"], WifiCode(row["wifi_code"]), row["portal_url"])
    secret = Secret(
        shown.code.text if shown.code else "", user=shown.user.text if shown.user else ""
    )
    qr = qr_text(secret, medium, use) if secret.code else None
    return Guidance(
        lines=secret_lines(shown, medium, row["dial"]),
        symbol=qr_symbol(qr) if qr else None,
        network=row["network"],
        instructions=read_name(row["instructions"]),
    )
