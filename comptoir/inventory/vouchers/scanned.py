"""Vouchers by codes that were scanned one after the other, into a field with a line for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from comptoir.core import db
from comptoir.core.accounts import throttle
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.principal import Principal
from comptoir.inventory.vouchers.drawer_errors import (
    CodesUnknown,
    CodesWithUserNames,
    TooManyUnknown,
)
from comptoir.inventory.vouchers.queries import kinds
from comptoir.inventory.vouchers.sealing import Secret, find_many, unseal
from comptoir.inventory.vouchers.statuses import Medium
from comptoir.inventory.vouchers.validation import cleaned_secret

_SEALED = "SELECT id, key, sealed FROM inventory_voucher WHERE id IN :ids"


class Reading(NamedTuple):
    """How the codes of a kind are read: what it is, and what is dialled around each."""

    medium: Medium
    dial: str = ""


def read_code(code: str, reading: Reading) -> str:
    """A scanned code as it is looked for: cleaned as it was when it was taken in."""
    return cleaned_secret(Secret(code=code), reading.medium, reading.dial).folded


async def found(codes: Iterable[str], reading: Reading) -> dict[str, UUID]:
    """Which voucher each of the codes is, by the code as ``read_code`` gives it.

    Those that are none of ours are left out.

    Raises:
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    wanted = sorted({read_code(code, reading) for code in codes})
    known = await find_many([Secret(code=code) for code in wanted])
    return {wanted[place]: row["id"] for place, row in known.items()}


async def found_of_any_kind(code: str) -> UUID | None:
    """The voucher that a code is of, read as each of the kinds would; None if it is none of ours.

    Raises:
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    readings = dict.fromkeys(Reading(kind.medium, kind.dial) for kind in await kinds())
    ways = dict.fromkeys(read_code(code, reading) for reading in readings)
    known = await find_many([Secret(code=way) for way in ways])
    return next((row["id"] for row in known.values()), None)


@asynccontextmanager
async def counting_guesses(
    actor: Principal, codes: Sequence[str] | None, *, now: datetime
) -> AsyncIterator[None]:
    """Count codes that are refused as unknown, as looking for one that is none counts.

    It stands around the transaction in which they are looked for.

    Raises:
        TooManyUnknown: the actor sent many; nothing is said of these.
    """
    if codes is None:
        yield
        return
    sought = throttle.vouchers_sought(actor.id)
    try:
        await throttle.need_turn(sought, now=now)
        try:
            yield
        except CodesUnknown as unknown:
            await throttle.guessed(sought, len(unknown.lines), now=now)
            raise
        except CodesWithUserNames:  # which one right code may keep from being said
            await throttle.guessed(sought, 1, now=now)
            raise
    except TooManyAttempts as waiting:
        raise TooManyUnknown(waiting.retry_after) from None


async def found_among(
    codes: Sequence[str], expected: Collection[UUID], reading: Reading
) -> set[UUID]:
    """The vouchers that were scanned; all must be of the expected ones. Twice counts once.

    Raises:
        CodesUnknown: some are others, or none of ours; it says which lines.
        CodesWithUserNames: they are passwords, which are not found by themselves.
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    which, wanted = await found(codes, reading), set(expected)
    seen = [which.get(read_code(code, reading)) for code in codes]
    wrong = [line for line, each in enumerate(seen, start=1) if each not in wanted]
    if wrong:
        await need_scannable(expected, reading)
        raise CodesUnknown(wrong)
    return {each for each in seen if each is not None}


async def need_scannable(expected: Collection[UUID], reading: Reading) -> None:
    """See that codes that were not found are not passwords of these vouchers.

    Raises:
        CodesWithUserNames: they may be: such a code is known together with its user name.
    """
    if reading.medium is not Medium.WIFI:
        return
    ids = list(expected)
    for first in range(0, len(ids), 500):
        rows = await db.fetch(_SEALED, ids=ids[first : first + 500])
        if any(unseal(row).user for row in rows):
            raise CodesWithUserNames
