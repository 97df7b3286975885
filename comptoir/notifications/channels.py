"""The ways a message takes to a person."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a message gets to somebody. What each is called in the database keeps its meaning."""

    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    CALL = "call"


#: What a dispatcher hands to a gateway. The others wait for a person.
BY_GATEWAY = frozenset({Channel.SMS, Channel.EMAIL})
