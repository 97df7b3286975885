"""What ``comptoir check`` says of each thing that it looks at."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How bad it is. Only ``WRONG`` makes the command fail."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at; ``mend`` says what to do about it."""

    level: Level
    about: str
    text: str
    mend: str = ""
