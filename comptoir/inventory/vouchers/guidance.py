"""What to do with a code that is shown again: the same as when it was given.

It is in the language of whoever has the voucher, as their slip is: a higher floor knows who that is
(``language_from``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.i18n import LANGUAGE_NAMES, current_language, use_language
from comptoir.core.printing.qr import qr_symbol
from comptoir.core.printing.symbols import Symbol
from comptoir.inventory.names import read_name
from comptoir.inventory.vouchers.phone_texts import PhoneUse, qr_text
from comptoir.inventory.vouchers.revealing import Shown
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.secret_words import Line, secret_lines
from comptoir.inventory.vouchers.statuses import Medium, WifiCode

#: The language of whoever has a voucher; empty where nobody has, or nobody knows it.
Listener = Callable[[UUID], Awaitable[str]]
_listeners: list[Listener] = []

_KIND = """
SELECT kind.medium, kind.dial, kind.network, kind.wifi_code, kind.portal_url, kind.instructions
FROM inventory_voucher voucher JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE voucher.id = :id
"""


class Guidance(msgspec.Struct, frozen=True):
    """What is read and typed, what a camera takes, and how it is used; it is never to be kept.

    ``theirs``: ``language`` is that of whoever has it, and not only the reader's.
    """

    lines: list[Line]
    symbol: Symbol | None
    network: str
    instructions: str
    language: str
    theirs: bool

    @property
    def language_name(self) -> str:
        """What the language is called in itself."""
        return LANGUAGE_NAMES[self.language]


def language_from(listener: Listener) -> None:
    """Let a higher floor say what language the person speaks. Twice is the same as once."""
    if listener not in _listeners:
        _listeners.append(listener)


async def guidance(voucher_id: UUID, shown: Shown) -> Guidance:
    """How to use what was shown of a voucher, in the person's language, or else the reader's."""
    row = await db.fetch_one(_KIND, id=voucher_id)
    if row is None:
        raise LookupError(voucher_id)
    medium = Medium(row["medium"])
    use = PhoneUse(row["dial"], row["network"], WifiCode(row["wifi_code"]), row["portal_url"])
    secret = Secret(
        shown.code.text if shown.code else "", user=shown.user.text if shown.user else ""
    )
    qr = qr_text(secret, medium, use) if secret.code else None
    theirs = await _language_of(voucher_id)
    language = theirs or current_language()
    with use_language(language):
        lines = secret_lines(shown, medium, row["dial"])
    return Guidance(
        lines=lines,
        symbol=qr_symbol(qr) if qr else None,
        network=row["network"],
        instructions=read_name(row["instructions"], language),
        language=language,
        theirs=bool(theirs),
    )


async def _language_of(voucher_id: UUID) -> str:
    for listener in _listeners:
        if language := await listener(voucher_id):
            return language
    return ""
