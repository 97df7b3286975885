"""What a file of the operator's confirms: looked at first, then written, all of it or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.accounts import throttle
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.principal import Principal, Role
from comptoir.inventory.errors import CoordinatorNeeded
from comptoir.inventory.permissions import may_manage
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.actions import activate_as_told
from comptoir.inventory.vouchers.activations.judging import Confirms, Verdict, judge, token_of
from comptoir.inventory.vouchers.activations.reading import Row
from comptoir.inventory.vouchers.activations.reasons import Left, Reason
from comptoir.inventory.vouchers.drawer_errors import (
    TooManyUnknown,
)
from comptoir.inventory.vouchers.errors import (
    ActivationsChanged,
    ActivationsUnknown,
)
from comptoir.inventory.vouchers.schemas import KindView
from comptoir.inventory.vouchers.sealing import Secret, find_many, hint
from comptoir.inventory.vouchers.steps import vouchers_by_id
from comptoir.inventory.vouchers.validation import cleaned_secret, secret_errors

#: So many vouchers of a preview are shown, by their last characters.
_SHOWN = 5
#: Lines of a file that are told to be unknown. An operator's list has cards of others in it; with
#: more, a list of guesses would say which codes exist.
MOST_UNKNOWN = 200


class Preview(msgspec.Struct, frozen=True):
    """What a file would do. ``before`` were known to be in use; ``left`` confirm nothing.

    ``token`` stands for exactly what would be confirmed. ``ends`` are the last characters of
    the first ones, where these give nothing away.
    """

    kind: KindView
    confirms: int
    before: int
    left: list[Left]
    first_day: date | None
    last_day: date | None
    ends: tuple[str, ...]
    token: str


class _Named(NamedTuple):
    """Rows by the code that they name, as it was taken in, and by our id of the voucher.

    What can be no code of the kind, and a code that stands there twice, is left out.
    """

    codes: list[tuple[Row, Secret]]
    own: list[Row]
    left: list[Left]


class _Judged(msgspec.Struct):
    """All lines, judged."""

    rows: dict[UUID, db.Row] = {}
    confirming: list[Confirms] = []
    left: list[Left] = []
    before: int = 0

    @property
    def unknown(self) -> int:
        """How many lines are of nothing that was given out here."""
        return sum(each.reason is Reason.UNKNOWN for each in self.left)


async def preview(
    actor: Principal, kind_id: UUID, rows: Sequence[Row], *, now: datetime
) -> Preview:
    """What ``confirm`` would do; it changes nothing.

    Raises:
        CoordinatorNeeded: the actor is coordinator nowhere.
        VoucherKindNotFound: there is no such kind.
        ActivationsUnknown, TooManyUnknown: too many lines are of nothing given out here, in this
            file, or in those of the last hour.
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    kind, named = await _read(actor, kind_id, rows)
    await _need_turn(actor, now=now)
    judged = await _judge(actor, kind, named, locked=False, now=now)
    await _count_unknown(actor, judged, now=now)
    _need_few_unknown(judged)
    days = [each.day for each in judged.confirming if each.day]
    return Preview(
        kind,
        len(judged.confirming),
        judged.before,
        judged.left,
        min(days, default=None),
        max(days, default=None),
        tuple(judged.rows[each.voucher_id]["hint"] for each in judged.confirming[:_SHOWN]),
        token_of(judged.confirming),
    )


async def confirm(
    actor: Principal, kind_id: UUID, rows: Sequence[Row], *, expected: str, now: datetime
) -> int:
    """Put into use what a preview said would be, in one transaction; give how many.

    ``expected`` is the ``token`` of that preview.

    Raises:
        CoordinatorNeeded: the actor is coordinator nowhere.
        VoucherKindNotFound: there is no such kind.
        ActivationsUnknown, TooManyUnknown: see ``preview``.
        ActivationsChanged: it would be others, or of other days, than the preview said.
        vault.KeyMissing: another process uses a key that this one was not given.
    """
    kind, named = await _read(actor, kind_id, rows)
    # Counted before they are locked: what they find out is counted also where nothing is done.
    await _need_turn(actor, now=now)
    await _count_unknown(actor, await _judge(actor, kind, named, locked=False, now=now), now=now)
    async with db.transaction():
        judged = await _judge(actor, kind, named, locked=True, now=now)
        _need_few_unknown(judged)
        if token_of(judged.confirming) != expected:
            raise ActivationsChanged
        told = [(judged.rows[each.voucher_id], each.activated_at) for each in judged.confirming]
        await activate_as_told(actor, told, now=now)
    return len(told)


async def _need_turn(actor: Principal, *, now: datetime) -> None:
    try:
        await throttle.need_turn(throttle.vouchers_told(actor.id), now=now)
    except TooManyAttempts as waiting:
        raise TooManyUnknown(waiting.retry_after) from None


async def _count_unknown(actor: Principal, judged: _Judged, *, now: datetime) -> None:
    """Count the lines that are told to be unknown, or that are too many to be told."""
    if not judged.unknown:
        return
    told = throttle.vouchers_told(actor.id)
    try:
        await throttle.guessed(told, min(judged.unknown, MOST_UNKNOWN + 1), now=now)
    except TooManyAttempts as waiting:
        raise TooManyUnknown(waiting.retry_after) from None


def _need_few_unknown(judged: _Judged) -> None:
    if judged.unknown > MOST_UNKNOWN:
        raise ActivationsUnknown(MOST_UNKNOWN)


async def _read(actor: Principal, kind_id: UUID, rows: Sequence[Row]) -> tuple[KindView, _Named]:
    if not actor.has_role(Role.COORDINATOR):
        raise CoordinatorNeeded
    kind = await queries.kind(kind_id)
    # In a thread: a large file takes part of a second, in which others want to be answered.
    return kind, await asyncio.to_thread(_named, rows, kind)


def _named(rows: Sequence[Row], kind: KindView) -> _Named:
    named = _Named([], [], [])
    first: dict[str, int] = {}
    for row in rows:
        if not row.code and row.own:
            named.own.append(row)
            continue
        secret = cleaned_secret(Secret(code=row.code), kind.medium, kind.dial)
        wrong = secret_errors(secret, kind.medium, kind.dial)
        if wrong:
            is_digit = wrong[0].code == "inventory.iccid-check-digit"
            named.left.append(Left(row.line, Reason.CHECK_DIGIT if is_digit else Reason.CODE))
            continue
        earlier = first.setdefault(secret.folded, row.line)
        if earlier != row.line:
            named.left.append(Left(row.line, Reason.TWICE, hint(secret.code), earlier))
        else:
            named.codes.append((row, secret))
    return named


async def _judge(
    actor: Principal, kind: KindView, named: _Named, *, locked: bool, now: datetime
) -> _Judged:
    """Each line, by few statements for all of them together."""
    known = await find_many([secret for _row, secret in named.codes])
    lines: list[tuple[Row, UUID | None, str]] = [(row, row.own, "") for row in named.own]
    for place, (row, secret) in enumerate(named.codes):
        lines.append((row, known[place]["id"] if place in known else None, hint(secret.code)))
    lines.sort(key=lambda each: each[0].line)
    ids = {voucher_id for _row, voucher_id, _end in lines if voucher_id}
    rows = await vouchers_by_id([*ids], locked=locked)
    judged = _Judged(rows=rows, left=[*named.left])
    first: dict[UUID, int] = {}
    for row, voucher_id, end in lines:
        voucher = rows.get(voucher_id) if voucher_id else None
        verdict: Verdict = Reason.UNKNOWN
        if voucher and may_manage(actor, voucher["site"]):
            verdict = judge(row.said, voucher, kind.id, now=now)
        if voucher is None or verdict is Reason.UNKNOWN:
            judged.left.append(Left(row.line, Reason.UNKNOWN, end))
            continue
        earlier = first.setdefault(voucher["id"], row.line)
        if earlier != row.line:
            judged.left.append(Left(row.line, Reason.TWICE, voucher["hint"], earlier))
        elif isinstance(verdict, Confirms):
            judged.confirming.append(verdict)
        elif isinstance(verdict, Reason):
            judged.left.append(Left(row.line, verdict, voucher["hint"]))
        else:
            judged.before += 1
    judged.left.sort(key=lambda each: each.line)
    return judged
