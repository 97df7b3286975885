"""What a line of an operator's file does to the voucher it names: values in, a verdict. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core.idempotency import fingerprint
from comptoir.inventory.vouchers.activations.dates import Said
from comptoir.inventory.vouchers.activations.reasons import Reason
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.validity import today_at


class Confirms(msgspec.Struct, frozen=True):
    """The voucher is in use since then. ``day`` is None where the file names none."""

    voucher_id: UUID
    day: date | None
    activated_at: datetime


class WasConfirmed(msgspec.Struct, frozen=True):
    """It was known to be in use: there is nothing to do."""


#: What was given to nobody, and whose code is worth money.
_IN_STOCK = (VoucherStatus.AVAILABLE, VoucherStatus.RESERVED, VoucherStatus.IN_TRANSIT)

Verdict = Confirms | WasConfirmed | Reason


def judge(said: Said | None, voucher: Mapping[str, Any], kind: UUID, *, now: datetime) -> Verdict:
    """What a line says of a voucher, a row of ``steps``.

    The checks, in this order: given, or else it is as unknown as any; of the kind; void; in use
    already, or was; expired; then whether the day has come, and is not before it was given.
    Days are the operator's. A moment is put between the moment it was given and ``now``: clocks
    differ, and of most files only the day is known.
    """
    status = VoucherStatus(voucher["status"])
    if status in _IN_STOCK:
        return Reason.UNKNOWN
    if voucher["kind"] != kind:
        return Reason.OTHER_KIND
    if status is VoucherStatus.VOID:
        return Reason.VOID
    if voucher["activated_at"] is not None or status is VoucherStatus.ACTIVATED:
        return WasConfirmed()
    if status is VoucherStatus.EXPIRED:
        return Reason.EXPIRED
    if said is None:
        return Confirms(voucher["id"], None, now)
    zone, given_at = voucher["time_zone"], voucher["issued_at"] or voucher["created_at"]
    if said.day > today_at(now, zone):
        return Reason.IN_FUTURE
    if said.day < today_at(given_at, zone):
        return Reason.BEFORE_GIVEN
    moment = said.moment or datetime.combine(said.day, time(), ZoneInfo(zone))
    return Confirms(voucher["id"], said.day, min(max(moment, given_at), now))


def token_of(confirming: Iterable[Confirms]) -> str:
    """What stands for exactly these vouchers and days: the page that showed them sends it back.

    It begins with how many there are. No moment is in it: without a day that is the present one.
    Without the program's key nobody can tell which vouchers it stands for.
    """
    lines = sorted(f"{each.voucher_id} {each.day or ''}" for each in confirming)
    return f"{len(lines)}-{fingerprint('voucher activations', *lines)}"
