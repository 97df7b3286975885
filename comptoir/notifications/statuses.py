"""How far a message has come. One rule: what is known of it only grows."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How far a message has come, in the order in which one thing tells more than another."""

    #: A dispatcher will take it when its time has come.
    QUEUED = "queued"
    #: It is being handed to a gateway.
    SENDING = "sending"
    #: It may have been handed over: the answer was lost. It is not sent again by itself.
    UNKNOWN = "unknown"
    #: A gateway has taken it.
    ACCEPTED = "accepted"
    #: It was not sent, because it no longer made sense.
    DROPPED = "dropped"
    #: It will not arrive.
    FAILED = "failed"
    #: The phone, or the mailbox, has it. Nothing tells more.
    DELIVERED = "delivered"


_ORDER = {status: place for place, status in enumerate(Status)}

#: Nothing more is done about these by the program.
FINAL = (Status.DROPPED, Status.FAILED, Status.DELIVERED)
#: A person may decide to try these again.
TO_DECIDE = (Status.FAILED, Status.UNKNOWN)


def later(known: Status, told: Status) -> Status:
    """What is known once ``told`` is heard: whichever tells more.

    Reports come twice, out of order, or before the gateway's own answer. As this is the
    larger of two, none of that changes where a message ends. Only a dispatcher that knows
    that nothing was handed over starts an attempt anew (``dispatcher``).
    """
    return max(known, told, key=_ORDER.__getitem__)
