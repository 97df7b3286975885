"""Vouchers by codes that were scanned one after the other, into a field with a line for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from comptoir.inventory.vouchers.errors import CodesUnknown
from comptoir.inventory.vouchers.iccid import read_iccid
from comptoir.inventory.vouchers.sealing import Secret, find_many, fold


def read_code(code: str) -> str:
    """A scanned code as it is looked for: the number of a card as it is taken in, without its F."""
    return read_iccid(code) or fold(code.strip())


async def found(codes: Iterable[str]) -> dict[str, UUID]:
    """Which voucher each of the codes is, by the code as ``read_code`` gives it.

    Those that are none of ours are left out.

    Raises:
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    wanted = sorted({read_code(code) for code in codes})
    known = await find_many([Secret(code=code) for code in wanted])
    return {wanted[place]: row["id"] for place, row in known.items()}


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
