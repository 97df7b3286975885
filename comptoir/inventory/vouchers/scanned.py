"""Vouchers by codes that were scanned one after the other, into a field with a line for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from comptoir.core import db, vault
from comptoir.inventory.vouchers.errors import CodesUnknown
from comptoir.inventory.vouchers.iccid import read_iccid
from comptoir.inventory.vouchers.sealing import Secret, fold, marks_of

_ROWS_AT_ONCE = 500


def read_code(code: str) -> str:
    """A scanned code as it is looked for: the number of a card as it is taken in, without its F."""
    return read_iccid(code) or fold(code.strip())


async def found(codes: Iterable[str]) -> dict[str, UUID]:
    """Which voucher each of the codes is, by the code as ``read_code`` gives it.

    Those that are none of ours are left out.

    Raises:
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    names = [row["name"] for row in await db.fetch("SELECT name FROM inventory_voucher_key")]
    keys = [vault.current().key(name) for name in names]
    by_mark = {
        mark: code
        for code in map(read_code, codes)
        for mark in marks_of(Secret(code=code), keys).values()
    }
    marks, which = list(by_mark), dict[str, UUID]()
    for first in range(0, len(marks), _ROWS_AT_ONCE):
        rows = await db.fetch(
            "SELECT mark, voucher FROM inventory_voucher_mark WHERE mark IN :marks",
            marks=marks[first : first + _ROWS_AT_ONCE],
        )
        which |= {by_mark[row["mark"]]: row["voucher"] for row in rows}
    return which


async def found_among(codes: Sequence[str], expected: Collection[UUID]) -> set[UUID]:
    """The vouchers that were scanned; all must be of the expected ones. Twice counts once.

    Raises:
        CodesUnknown: some are others, or none of ours; it says which lines.
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    which, wanted = await found(codes), set(expected)
    seen = [which.get(read_code(code)) for code in codes]
    wrong = [line for line, each in enumerate(seen, start=1) if each not in wanted]
    if wrong:
        raise CodesUnknown(wrong)
    return {each for each in seen if each is not None}
