"""Identifiers made by the program: unguessable, and in order of time."""

from __future__ import annotations

import os
import time
import uuid
from datetime import datetime


def first_id_of(moment: datetime) -> uuid.UUID:
    """An id below all that are made from a moment on, and above those made before it."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562, sections 5.7 and 6.2, method 3).

    Rows sort by when they were made, to a quarter of a microsecond: a timeline
    tells the steps of one transaction in their order. It keeps index inserts at
    the right edge of the tree and lets a list page by its key. Being made before
    the insert, it can be named by the audit row of the same statement.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    chance = int.from_bytes(os.urandom(8), "big") >> 2
    version, variant = 0x7, 0x2
    return uuid.UUID(
        int=milliseconds << 80 | version << 76 | fraction << 64 | variant << 62 | chance
    )
