"""What the browser keeps for the desk, in hidden fields that every form sends back.

The items that wait for a card, and what was done in the last minute: ids, each with
its moment. Nothing of it is trusted: each use case asks for itself what it may do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from comptoir.core.web.forms import id_or_none
from comptoir.lending.loans.last_steps import UNDO_TIME
from comptoir.lending.scans import WaitingItem

#: More than anybody scans in a minute.
MOST_KEPT = 20


class UndoKind(StrEnum):
    """What is undone."""

    CHECK_OUT = "check_out"
    CHECK_IN = "check_in"
    RENEWAL = "renewal"
    PROBLEM = "problem"
    BROUGHT = "brought"
    FOUND = "found"
    VOUCHER = "voucher"
    RESERVATION = "reservation"


class Done(msgspec.Struct, frozen=True):
    """Something done that can be undone.

    ``id`` is that of the loan, problem, item or issue, or of the voucher that was set aside.
    """

    kind: UndoKind
    id: UUID
    at: datetime


def encode_waiting(waiting: Iterable[WaitingItem]) -> str:
    """Items that wait for a card, as the value of a hidden field."""
    return _encode((str(item.item_id), item.scanned_at) for item in waiting)


def decode_waiting(text: str) -> tuple[WaitingItem, ...]:
    """The inverse of ``encode_waiting``; what is not well-formed is left out."""
    entries = ((id_or_none(name), moment) for name, moment in _decode(text))
    return tuple(WaitingItem(item_id, moment) for item_id, moment in entries if item_id)


def encode_recent(recent: Iterable[Done]) -> str:
    """What can be undone, as the value of a hidden field."""
    return _encode((f"{done.kind}:{done.id}", done.at) for done in recent)


def decode_recent(text: str, *, now: datetime) -> tuple[Done, ...]:
    """The inverse of ``encode_recent``, without what can no longer be undone or makes no sense."""
    found = []
    for name, moment in _decode(text):
        kind, _, subject = name.partition(":")
        subject_id = id_or_none(subject)
        if kind in set(UndoKind) and subject_id and now - UNDO_TIME < moment <= now:
            found.append(Done(UndoKind(kind), subject_id, moment))
    return tuple(found)


def _encode(entries: Iterable[tuple[str, datetime]]) -> str:
    return " ".join(f"{name}@{moment.isoformat()}" for name, moment in entries)


def _decode(text: str) -> Iterator[tuple[str, datetime]]:
    """Names and aware moments; nonsense, or a moment without its time zone, is left out."""
    for part in text.split()[:MOST_KEPT]:
        name, _, written = part.partition("@")
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            continue
        if moment.tzinfo is not None:
            yield name, moment
