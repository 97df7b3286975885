"""Parts of texts that came in, kept until all of a text are there.

They are acknowledged one by one, so they are kept in the database; their order, and how often
each comes, change nothing.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import datetime, timedelta

import msgspec

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.notifications.gateways.lines import Part, Said

#: After so long a person reads what has come: the rest may never.
WAITS_FOR = timedelta(hours=1)
#: Stands where a part is missing.
GAP = "…"

_KEEP = """
INSERT INTO notifications_hook_call (id, gateway, kind, fingerprint, told, received_at)
VALUES (:id, :gateway, 'part', :print, :told, :now)
ON CONFLICT (fingerprint) DO NOTHING
"""
_THOSE = "SELECT told FROM notifications_hook_call WHERE fingerprint IN :prints"
_LATE = """
SELECT told FROM notifications_hook_call WHERE kind = 'part' AND received_at < :before
"""
_FORGET = "DELETE FROM notifications_hook_call WHERE fingerprint IN :prints"


class _Kept(msgspec.Struct):
    gateway: str
    said: Said


async def join(gateway: str, said: Said, part: Part, *, now: datetime) -> str | None:
    """Keep a part: the whole text, if it was the last that was missing.

    It belongs into the transaction that keeps the text.
    """
    prints = _prints(gateway, said, part)
    await db.execute(
        _KEEP,
        id=new_id(),
        gateway=gateway,
        print=prints[part.number - 1],
        told=msgspec.json.encode(_Kept(gateway, said)).decode(),
        now=now,
    )
    kept = [_read(row["told"]).said for row in await db.fetch(_THOSE, prints=prints)]
    if len(kept) < part.total:
        return None
    await db.execute(_FORGET, prints=prints)  # a phone uses a reference again
    return _text(kept)


async def take_late(*, now: datetime) -> list[tuple[str, Said]]:
    """Texts that never became whole, as far as they came, each with its gateway.

    It belongs into the transaction that keeps them.
    """
    texts: defaultdict[tuple[str, ...], list[Said]] = defaultdict(list)
    for row in await db.fetch(_LATE, before=now - WAITS_FOR):
        kept = _read(row["told"])
        assert kept.said.part is not None  # noqa: S101 – nothing else is kept here
        texts[kept.gateway, *_prints(kept.gateway, kept.said, kept.said.part)].append(kept.said)
    found = []
    for (gateway, *prints), parts in texts.items():
        await db.execute(_FORGET, prints=prints)
        whole = msgspec.structs.replace(parts[0], text=_text(parts), part=None)
        found.append((gateway, whole))
    return found


def _prints(gateway: str, said: Said, part: Part) -> list[str]:
    """What each part of the same text is known by."""
    about = f"{gateway} part {said.sender} {said.recipient} {part.reference} {part.total}"
    return [
        hashlib.sha256(f"{about} {number}".encode()).hexdigest()
        for number in range(1, part.total + 1)
    ]


def _text(parts: list[Said]) -> str:
    said = {each.part.number: each.text for each in parts if each.part}
    total = max(each.part.total for each in parts if each.part)
    return "".join(said.get(number, GAP) for number in range(1, total + 1))


def _read(told: str) -> _Kept:
    return msgspec.json.decode(told, type=_Kept)
