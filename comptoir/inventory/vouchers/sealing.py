"""Vouchers sealed and marked: the only module that handles what a code is.

Which key seals what is new stands in ``inventory_voucher_key``, so that all processes do the
same while keys change: there the current one, and every other that something is still sealed
or marked with. What is new has a mark of each, so that an equal code is found whatever key the
old one was marked with. A transaction that seals keeps these rows as they are to its end;
whoever adds a key waits for it.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import db, vault
from comptoir.core.vault import Untold, VaultKey
from comptoir.inventory.vouchers.errors import VoucherKeyUnset

#: A hint is shown of codes at least this long: its four letters then leave enough unknown.
_HINTED_LENGTH = 12
HINT_LENGTH = 4
#: What stands between the parts of a code as it is printed, and means nothing.
_BETWEEN = " -\u2010\u2013"  # NFKC makes these of others

_KEYS = "SELECT name, current FROM inventory_voucher_key ORDER BY name"
#: Both engines take many more values in a statement; it is compiled for each length.
_MARKS_AT_ONCE = 1000
_KNOWN = """
SELECT mark.mark, voucher.id, voucher.batch, voucher.status
FROM inventory_voucher_mark mark JOIN inventory_voucher voucher ON voucher.id = mark.voucher
WHERE mark.mark IN :marks
"""
#: A key that was never used: none is listed before the first voucher comes.
_FIRST_KEY = """
INSERT INTO inventory_voucher_key (name, current, added_at) VALUES (:name, :yes, :now)
ON CONFLICT DO NOTHING
"""


class Secret(Untold, frozen=True, omit_defaults=True):
    """What is sealed of a voucher.

    ``code`` is the ICCID of a SIM, what is dialled, a Wi-Fi code or password, or an eSIM's
    activation text (``LPA:1$…``). ``user`` is the name that a password goes with.
    """

    code: str
    user: str = ""
    pin: str = ""
    puk: str = ""
    number: str = ""

    @property
    def folded(self) -> str:
        """What equal codes have in common, however they are written: no hyphens, no spaces."""
        parts = (self.user, self.code) if self.user else (self.code,)
        return "\n".join(fold(part) for part in parts)


class Sealed(msgspec.Struct, frozen=True):
    """A secret as the rows of a voucher keep it; ``marks`` by the names of their keys."""

    key: str
    sealed: bytes
    hint: str
    marks: dict[str, str]


class Sealer:
    """Seals with the current key, and marks with all that are in use."""

    def __init__(self, current: VaultKey, marking: Sequence[VaultKey]) -> None:
        self._current, self._marking = current, marking

    def seal(self, secret: Secret, *, voucher_id: UUID) -> Sealed:
        """A secret sealed for the row with this id."""
        return Sealed(
            self._current.name,
            self._current.seal(msgspec.json.encode(secret).decode(), row=voucher_id),
            hint(secret.code),
            self.marks(secret),
        )

    def marks(self, secret: Secret) -> dict[str, str]:
        """What an equal secret is found by, by the names of the keys."""
        return marks_of(secret, self._marking)


def marks_of(secret: Secret, keys: Iterable[VaultKey]) -> dict[str, str]:
    """What an equal secret is found by, by the names of the keys."""
    return {key.name: key.mark(secret.folded) for key in keys}


def fold(code: str) -> str:
    """A code without what only makes it readable. Case stays: there are codes that tell it."""
    plain = unicodedata.normalize("NFKC", code)
    return "".join(sign for sign in plain if sign not in _BETWEEN)


def hint(code: str) -> str:
    """The last characters of a long code, for people to tell two apart; nothing of a short one."""
    folded = fold(code)
    return folded[-HINT_LENGTH:] if len(folded) >= _HINTED_LENGTH else ""


def unseal(row: db.Row) -> Secret:
    """The secret of a voucher's row (``id``, ``key``, ``sealed``). Whoever shows it says so first.

    Raises:
        vault.KeyMissing: the process was not given the key.
        vault.Unreadable: the row was altered.
    """
    return opens(vault.current().key(row["key"]), row)


def opens(key: VaultKey, row: db.Row) -> Secret:
    """``unseal`` with a key that is not of this process, such as one to be checked.

    Raises:
        vault.Unreadable: the row was altered, or sealed with another.
    """
    text = key.open(bytes(row["sealed"]), row=row["id"])
    return msgspec.json.decode(text, type=Secret)


async def sealer(*, now: datetime) -> Sealer:
    """What seals, inside a transaction; the first voucher of all makes the newest key current.

    Raises:
        VoucherKeyUnset: the program was given no key.
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    ours = vault.current()
    newest = ours.newest
    if newest is None:
        raise VoucherKeyUnset
    while not await db.fetch(_KEYS + db.for_share("inventory_voucher_key")):
        await db.execute(_FIRST_KEY, name=newest.name, yes=True, now=now)
    # Read after they are held: whoever added a key meanwhile was waited for, and not seen.
    rows = await db.fetch(_KEYS)
    [current] = [ours.key(row["name"]) for row in rows if row["current"]]
    return Sealer(current, [ours.key(row["name"]) for row in rows])


async def find(secret: Secret) -> UUID | None:
    """The voucher with this code, whatever became of it; None if there is none.

    Raises:
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    found = await find_many([secret])
    return found[0]["id"] if found else None


def _places(keys: Sequence[VaultKey], secrets: Sequence[Secret]) -> dict[str, int]:
    """The place of each secret by the marks that it may be found by."""
    return {key.mark(secret.folded): place for key in keys for place, secret in enumerate(secrets)}


async def find_many(secrets: Sequence[Secret]) -> dict[int, db.Row]:
    """Which of these codes are known, by their places: ``id``, ``batch``, ``status``.

    Raises:
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    ours = vault.current()
    names = [row["name"] for row in await db.fetch("SELECT name FROM inventory_voucher_key")]
    keys = [ours.key(name) for name in names]
    # In a thread: those of a file take part of a second, in which others want to be answered.
    places = await asyncio.to_thread(_places, keys, secrets)
    marks = [*places]
    found: dict[int, db.Row] = {}
    for start in range(0, len(marks), _MARKS_AT_ONCE):
        rows = await db.fetch(_KNOWN, marks=marks[start : start + _MARKS_AT_ONCE])
        found |= {places[row["mark"]]: row for row in rows}
    return dict(sorted(found.items()))
