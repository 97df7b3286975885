"""The kinds of message, and what each may name. A further kind is one entry here.

Its default wordings stand in ``wordings/<language>.toml``, in each language; a test finds
those that are missing.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec
from babel.support import LazyProxy

from comptoir.core.i18n import lazy as _l
from comptoir.notifications.channels import Channel

#: What a wording may name, and what that is.
NAMES: dict[str, LazyProxy] = {
    "place": _l("the short name of the place"),
    "opening": _l("when it opens next"),
    "hours": _l("its next three open days"),
    "phone": _l("its phone number"),
    "items": _l("what is meant, such as: laptop, mouse"),
    "count": _l("how many things that are"),
    "due": _l("until when they are to be brought back"),
    "dates": _l("what is meant, with the date of each"),
    "change": _l("what is different that day, as a sentence: closed, or other hours"),
    "was_due": _l("the day on which they were to be brought back before"),
    "also": _l("what else is to be brought back soon, as a sentence"),
    "renew": _l("how to renew by an answer, as a sentence"),
    "reason": _l("why it is not renewed"),
    "refused": _l("what could not be renewed, as a sentence"),
    "good_until": _l("until when the voucher is good, as a sentence"),
    "help": _l("how to ask for help, as a sentence"),
    "stop": _l("how to get no more messages, as a sentence"),
    "link": _l("the link to what the person has"),
    "voucher": _l("what was given, such as: Wi-Fi, one hour"),
    "code": _l("its code"),
}


class Matter(StrEnum):
    """What a kind of message is about."""

    DUE = "due"  #: something is due soon, or today
    OVERDUE = "overdue"
    MOVE = "move"  #: its date was moved, or moved back
    LOAN = "loan"  #: it was lent, or came back
    VOUCHER = "voucher"  #: the code of one that was given
    ENDING = "ending"  #: one that was given expires soon
    ANSWER = "answer"


class Kind(msgspec.Struct, frozen=True):
    """A kind of message: its stable code, what coordinators call it, what it may name.

    ``ways`` are those on which its wording may go to somebody, the usual one first.
    """

    code: str
    title: LazyProxy
    names: frozenset[str]
    ways: tuple[Channel, ...] = (Channel.SMS,)


#: What somebody at the desk writes: no wording is kept of it.
BY_HAND = "answer-by-hand"

_PLACE = frozenset({"place", "opening", "phone"})
_REMINDER = _PLACE | {"items", "count", "due", "also", "renew", "help", "stop", "link"}
_SPOKEN = _REMINDER - {"link"}

_MAILED = (Channel.SMS, Channel.EMAIL)
_SENT = (*_MAILED, Channel.LETTER)
_ANY_WAY = (*_SENT, Channel.CALL)

# What is late is said on the phone once, however many reminders of it there were: "overdue-call".
_ABOUT: dict[Matter, tuple[Kind, ...]] = {
    Matter.DUE: (
        Kind("due-soon", _l("Before it is due"), _REMINDER, _ANY_WAY),
        Kind("due-today", _l("On the day it is due"), _REMINDER, _ANY_WAY),
    ),
    Matter.OVERDUE: (
        Kind("overdue-1", _l("Overdue: first reminder"), _REMINDER, _SENT),
        Kind("overdue-2", _l("Overdue: second reminder"), _REMINDER, _SENT),
        Kind("overdue-3", _l("Overdue: third reminder"), _REMINDER, _SENT),
        Kind("overdue-call", _l("Overdue: what to say on the phone"), _SPOKEN, (Channel.CALL,)),
    ),
    Matter.MOVE: (
        Kind(
            "date-moved",
            _l("A closure moved the date"),
            _REMINDER | {"was_due", "change"},
            _ANY_WAY,
        ),
        Kind(
            "date-back", _l("A closure was withdrawn"), _REMINDER | {"was_due", "change"}, _ANY_WAY
        ),
    ),
    Matter.LOAN: (
        Kind("welcome", _l("After lending: the agreement in short"), _REMINDER, _MAILED),
        Kind("thanks", _l("After the return"), _REMINDER - {"due", "renew", "link"}, _MAILED),
    ),
    Matter.VOUCHER: (
        Kind("voucher", _l("The code of a voucher"), _PLACE | {"voucher", "code", "stop"}),
    ),
    Matter.ENDING: (
        Kind(
            "voucher-ending",
            _l("Before a voucher expires"),
            _PLACE | {"items", "count", "good_until", "help", "stop"},
            _ANY_WAY,
        ),
    ),
    Matter.ANSWER: (
        Kind("answer-renewed", _l("Answer: renewed"), _SPOKEN | {"dates", "refused"}),
        Kind("answer-not-renewed", _l("Answer: not renewed"), _PLACE | {"reason", "help"}),
        Kind("answer-in-use", _l("Answer: the voucher is in use"), _PLACE | {"good_until", "help"}),
        Kind("answer-hours", _l("Answer: opening hours"), _PLACE | {"hours", "stop"}),
        Kind("answer-help", _l("Answer: somebody will call"), _PLACE | {"stop"}),
        Kind("answer-stopped", _l("Answer: no more messages"), _PLACE),
        Kind("answer-started", _l("Answer: messages again"), _PLACE | {"stop"}),
        Kind("answer-not-me", _l("Answer: to a wrong number"), frozenset()),
        Kind("answer-unknown", _l("Answer: to an unknown number"), _PLACE),
    ),
}
KINDS: dict[str, Kind] = {kind.code: kind for kinds in _ABOUT.values() for kind in kinds}

#: The summary of the week, to a coordinator.
DIGEST = "digest"
#: To a coordinator, at once: many codes of vouchers were shown.
ALERT = "alert"
#: What is for somebody of the staff alone.
TO_STAFF = (DIGEST, ALERT)
#: A wording that somebody sent to themselves, to see how it reads on a phone.
TEST = "test"


#: Each kind that a list of messages may hold.
ALL_KINDS = (*KINDS, BY_HAND, *TO_STAFF, TEST)


def kinds_about(matter: Matter) -> tuple[str, ...]:
    """The kinds that are about a matter, in the order of the registry."""
    return tuple(kind.code for kind in _ABOUT[matter])


#: Kinds of what answers somebody: by itself, or from the desk.
ANSWERS = (*kinds_about(Matter.ANSWER), BY_HAND)


def title_of(code: str) -> str:
    """What coordinators call a kind of message; its code where nothing is known of it."""
    if code == TEST:
        return str(_l("Test"))
    if code == DIGEST:
        return str(_l("Summary of the week"))
    if code == ALERT:
        return str(_l("To be looked at"))
    if code == BY_HAND:
        return str(_l("Answer: written at the desk"))
    return str(KINDS[code].title) if code in KINDS else code
