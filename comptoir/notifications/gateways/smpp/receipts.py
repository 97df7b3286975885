"""What a receipt says of a message of ours.

Source: SMPP Protocol Specification v3.4, Issue 1.2, sections 5.2.28 (message states) and
appendix B (the text that most networks send).
"""

from __future__ import annotations

import re

from comptoir.notifications.gateways.lines import Receipt
from comptoir.notifications.gateways.smpp.units import Delivered, Option
from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status

_ID = re.compile(rb"\bid:\s*([^\s\x00]+)", re.IGNORECASE)
#: Numbers of 64 bits.
LONGEST_NUMBER = 20
_NUMBER = re.compile("[0-9A-Fa-f]+")
_STATE = re.compile(rb"\bstat:\s*([A-Za-z]+)", re.IGNORECASE)
_STATES = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}
#: What is not here waits, or says nothing.
_MEANINGS: dict[str, tuple[Status, Reason | None]] = {
    "DELIVRD": (Status.DELIVERED, None),
    "EXPIRED": (Status.FAILED, Reason.NOT_DELIVERED),
    "DELETED": (Status.FAILED, Reason.NOT_DELIVERED),
    "UNDELIV": (Status.FAILED, Reason.NOT_DELIVERED),
    "REJECTD": (Status.FAILED, Reason.NOT_DELIVERED),
}


def read_receipt(delivered: Delivered) -> Receipt | None:
    """A receipt; None where it does not say of what, or how it is."""
    option = delivered.options.get(Option.RECEIPTED_MESSAGE_ID, b"").rstrip(b"\x00")
    named = _ID.search(delivered.octets)
    reference = option or (named[1] if named else b"")
    state = _STATES.get(delivered.number(Option.MESSAGE_STATE) or 0, "")
    if not state and (said := _STATE.search(delivered.octets)):
        state = said[1].decode("ascii").upper()
    if not reference or not state:
        return None
    status, reason = _MEANINGS.get(state, (Status.ACCEPTED, None))
    called = reference.decode("latin-1")[:120]
    return Receipt(called, state, status, reason, other_names(called), delivered.sender)


def other_names(called: str) -> tuple[str, ...]:
    """What a network may call the same message elsewhere, as many do not write one way.

    It takes a message by a hexadecimal number and reports on it by a decimal one, or the
    other way round, with zeros before it or without.
    """
    if len(called) > LONGEST_NUMBER or not _NUMBER.fullmatch(called):
        return ()
    numbers = {int(called, 16)} | ({int(called)} if called.isdecimal() else set())
    names = {
        name
        for number in numbers
        for name in (
            *(f"{number:0{width}d}" for width in (1, 8, 10, 20)),
            *(f"{number:0{width}{radix}}" for width in (1, 8, 10, 16) for radix in "xX"),
        )
    }
    return tuple(sorted(names - {called}))
