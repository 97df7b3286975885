"""What happens with a message that came in. Pure: values in, what to do out.

Anybody can pretend to write from a number. So the most that a message does by itself is to
renew, to begin the days of a voucher that its person has, and to stop what is sent to its own
number.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from comptoir.notifications.replies import Wish

#: Somebody who asks for more needs a person. Two machines that answer each other end here.
ANSWERS_AN_HOUR = 5
ANSWERS_A_DAY = 10
#: To numbers that are nobody's, all together: whoever invents numbers shall not empty the budget.
ANSWERS_TO_STRANGERS_A_DAY = 50
#: What was written longer ago may not be meant any more. A gateway is repaired within a weekend.
OLDEST = timedelta(days=3)


class Whose(StrEnum):
    """Whose number it is."""

    ONE = "one"
    SEVERAL = "several"
    NOBODY = "nobody"
    MACHINE = "machine"  #: no telephone that could be written back to


class Step(StrEnum):
    """What is done about a message."""

    RENEW = "renew"
    NOT_RENEW = "not-renew"
    ACTIVATE = "activate"
    TELL_HOURS = "tell-hours"
    CALL_BACK = "call-back"
    STOP = "stop"
    START = "start"
    NOT_ME = "not-me"
    SAY_UNKNOWN = "say-unknown"
    NOTHING = "nothing"


class Answers(msgspec.Struct, frozen=True):
    """How many were written: to this number, and to strangers of all numbers."""

    hour: int = 0
    day: int = 0
    strangers: int = 0


class Decision(msgspec.Struct, frozen=True):
    """What to do, whether to answer it, and whether somebody at the desk is to read it."""

    step: Step
    answer: bool = False
    to_read: bool = False


def decide(
    wish: Wish,
    whose: Whose,
    answers: Answers,
    *,
    sent_at: datetime,
    now: datetime,
    has_voucher: bool = False,
) -> Decision:
    """What to do about a message.

    In this order: what no telephone sent is kept, no more. A stranger is told that we do not
    know the number, and somebody reads it. To stop, to start and "not me" are always obeyed.
    Beyond the limits, and what is old, a person reads. A number of several people renews
    nothing. That something works is for a person to read, unless one voucher is surely meant
    (``has_voucher``). Then as wished.
    """
    may_answer = answers.hour < ANSWERS_AN_HOUR and answers.day < ANSWERS_A_DAY
    if whose is Whose.MACHINE:
        return Decision(Step.NOTHING)
    if whose is Whose.NOBODY:
        return Decision(
            Step.SAY_UNKNOWN, answers.strangers < ANSWERS_TO_STRANGERS_A_DAY, to_read=True
        )
    if wish in _OBEYED:
        return Decision(_OBEYED[wish], may_answer, to_read=wish is Wish.NOT_ME)
    if not may_answer or sent_at < now - OLDEST or wish not in _STEPS:
        return Decision(Step.NOTHING, to_read=True)
    if wish in _OF_VOUCHERS and not (has_voucher and whose is Whose.ONE):
        return Decision(Step.NOTHING, to_read=True)
    if wish is Wish.RENEW and whose is Whose.SEVERAL:
        return Decision(Step.NOT_RENEW, answer=True, to_read=True)
    return Decision(_STEPS[wish], answer=True, to_read=wish is Wish.HELP)


_OBEYED = {Wish.STOP: Step.STOP, Wish.START: Step.START, Wish.NOT_ME: Step.NOT_ME}
_STEPS = {
    Wish.RENEW: Step.RENEW,
    Wish.HELP: Step.CALL_BACK,
    Wish.HOURS: Step.TELL_HOURS,
    Wish.WORKS: Step.ACTIVATE,
    Wish.AGREED: Step.ACTIVATE,
}
_OF_VOUCHERS = (Wish.WORKS, Wish.AGREED)
