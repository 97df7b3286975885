"""What one line does to the voucher it names: each check by itself, and their order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import idempotency
from comptoir.inventory.vouchers.activations.dates import Said
from comptoir.inventory.vouchers.activations.judging import (
    Confirms,
    WasConfirmed,
    judge,
    token_of,
)
from comptoir.inventory.vouchers.activations.reasons import Reason

KIND, VOUCHER = UUID(int=1), UUID(int=2)
GIVEN = datetime(2026, 11, 3, 13, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def row(status: str = "issued", **values: Any) -> dict[str, Any]:
    return {
        "id": VOUCHER,
        "kind": KIND,
        "status": status,
        "issued_at": GIVEN,
        "created_at": GIVEN - timedelta(days=9),
        "activated_at": None,
        "time_zone": "Europe/Zurich",
        **values,
    }


def verdict(voucher: dict[str, Any], said: Said | None = None) -> Any:
    return judge(said, voucher, KIND, now=NOW)


@pytest.mark.parametrize(
    ("voucher", "reason"),
    [
        (row(kind=UUID(int=9), status="void"), Reason.OTHER_KIND),
        (row(kind=UUID(int=9), status="available"), Reason.UNKNOWN),
        (row("void", activated_at=GIVEN), Reason.VOID),
        (row("expired"), Reason.EXPIRED),
        (row("available"), Reason.UNKNOWN),
        (row("reserved"), Reason.UNKNOWN),
        (row("in_transit"), Reason.UNKNOWN),
    ],
)
def test_what_is_not_in_somebodys_hands_is_left_out(voucher: Any, reason: Reason) -> None:
    assert verdict(voucher, Said(date(2026, 12, 24))) is reason


def test_what_is_in_use_or_was_used_up_was_confirmed_before() -> None:
    for status in ("activated", "expired"):
        assert verdict(row(status, activated_at=GIVEN)) == WasConfirmed()


def test_without_a_day_it_is_in_use_from_now() -> None:
    assert verdict(row()) == Confirms(VOUCHER, None, NOW)


def test_a_day_begins_at_the_operators_midnight() -> None:
    day = date(2026, 11, 10)
    midnight = datetime(2026, 11, 9, 23, 0, tzinfo=UTC)
    assert verdict(row(), Said(day)) == Confirms(VOUCHER, day, midnight)


def test_a_day_before_it_was_given_or_to_come_is_left_out() -> None:
    assert verdict(row(), Said(date(2026, 11, 2))) is Reason.BEFORE_GIVEN
    assert verdict(row(), Said(date(2026, 11, 25))) is Reason.IN_FUTURE
    # The operator's day, not that of Greenwich.
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert isinstance(judge(Said(date(2026, 11, 25)), row(), KIND, now=late), Confirms)


def test_on_the_day_it_was_given_it_is_in_use_from_then_at_the_earliest() -> None:
    day = date(2026, 11, 3)
    for said in (Said(day), Said(day, GIVEN - timedelta(hours=2))):
        assert verdict(row(), said) == Confirms(VOUCHER, day, GIVEN)
    later = GIVEN + timedelta(hours=1)
    assert verdict(row(), Said(day, later)) == Confirms(VOUCHER, day, later)


def test_a_clock_that_is_ahead_does_not_put_it_into_the_future() -> None:
    today = date(2026, 11, 24)
    said = Said(today, NOW + timedelta(hours=2))
    assert verdict(row(), said) == Confirms(VOUCHER, today, NOW)


def test_what_was_given_before_that_was_noted_counts_from_when_it_came() -> None:
    assert verdict(row(issued_at=None), Said(date(1, 1, 1))) is Reason.BEFORE_GIVEN
    assert verdict(row(), Said(date(9999, 12, 31))) is Reason.IN_FUTURE


def test_the_token_tells_which_vouchers_and_which_days() -> None:
    one = Confirms(VOUCHER, date(2026, 11, 3), GIVEN)
    other = Confirms(UUID(int=3), date(2026, 11, 3), GIVEN)
    assert token_of([one, other]) == token_of([other, one])
    assert token_of([one]).startswith("1-")
    tokens = {token_of([one]), token_of([other]), token_of([one, other]), token_of([])}
    assert len(tokens) == 4
    assert token_of([Confirms(VOUCHER, date(2026, 11, 4), GIVEN)]) != token_of([one])
    assert token_of([Confirms(VOUCHER, None, GIVEN)]) == token_of([Confirms(VOUCHER, None, NOW)])


def test_what_a_preview_stands_for_cannot_be_found_by_trying(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    confirming = [Confirms(VOUCHER, None, NOW)]
    tokens = set()
    for key in (b"one", b"other"):
        monkeypatch.setattr(idempotency, "_key", key)
        tokens.add(token_of(confirming))
    assert len(tokens) == 2
