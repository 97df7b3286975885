"""Identifiers made by the program: unguessable, and in order of time."""

from __future__ import annotations

import os
import time
import uuid


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562, section 5.7).

    Rows sort by when they were made, which keeps index inserts at the right
    edge of the tree and lets a list page by its key. Being made before the
    insert, it can be named by the audit row of the same statement.
    """
    value = (time.time_ns() // 1_000_000) << 80
    value |= int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=value)
