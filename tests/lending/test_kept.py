"""The lists that the browser keeps for the desk in hidden fields."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from comptoir.core.ids import new_id
from comptoir.lending.desk.kept import (
    MOST_KEPT,
    Done,
    UndoKind,
    decode_recent,
    decode_waiting,
    encode_recent,
    encode_waiting,
)
from comptoir.lending.loans.last_steps import UNDO_TIME
from comptoir.lending.scans import WaitingItem


def test_what_waits_comes_back_as_it_was_kept(now: datetime) -> None:
    waiting = tuple(WaitingItem(new_id(), now - timedelta(hours=hours)) for hours in (0, 30))
    assert decode_waiting(encode_waiting(waiting)) == waiting


def test_what_was_done_comes_back_as_it_was_kept(now: datetime) -> None:
    recent = tuple(Done(kind, new_id(), now) for kind in UndoKind)
    assert decode_recent(encode_recent(recent), now=now) == recent


def test_what_was_done_longer_ago_or_later_than_now_is_left_out(now: datetime) -> None:
    moments = (now - UNDO_TIME, now + timedelta(microseconds=1))
    recent = [Done(UndoKind.CHECK_OUT, new_id(), moment) for moment in moments]
    assert decode_recent(encode_recent(recent), now=now) == ()


@pytest.mark.parametrize(
    "nonsense",
    ["", "x", "@", "{id}", "{id}@", "{id}@yesterday", "x@{now}", "{id}@{now_without_zone}"],
)
@pytest.mark.parametrize("kind", ["", "check_out:", "stolen:"])
def test_nonsense_is_left_out(nonsense: str, kind: str, now: datetime) -> None:
    names = {"id": new_id(), "now": now.isoformat()}
    naive = now.replace(tzinfo=None).isoformat()
    text = kind + nonsense.format(**names, now_without_zone=naive)
    assert decode_recent(text, now=now) == ()
    assert decode_waiting(text) == ()


def test_a_kind_that_is_none_is_left_out(now: datetime) -> None:
    assert decode_recent(f"stolen:{new_id()}@{now.isoformat()}", now=now) == ()


def test_no_more_is_read_than_anybody_scans(now: datetime) -> None:
    text = encode_waiting(WaitingItem(new_id(), now) for _ in range(MOST_KEPT + 1))
    assert len(decode_waiting(text)) == MOST_KEPT
