"""Why a message did not arrive: stable codes, and what a coordinator reads."""

from __future__ import annotations

from enum import StrEnum

from babel.support import LazyProxy

from comptoir.core.i18n import lazy as _l


class Reason(StrEnum):
    """Why a message failed, was dropped, or is unknown."""

    NUMBER_INVALID = "number-invalid"
    ADDRESS_INVALID = "address-invalid"
    NO_ADDRESS = "no-address"
    RETURNED = "returned"
    OPTED_OUT = "opted-out"
    NUMBER_NOT_THEIRS = "number-not-theirs"
    TEXT_REFUSED = "text-refused"
    NO_GATEWAY = "no-gateway"
    GATEWAY_UNREACHABLE = "gateway-unreachable"
    GATEWAY_BUSY = "gateway-busy"
    GATEWAY_LOGIN = "gateway-login"
    GATEWAY_ERROR = "gateway-error"
    ANSWER_LOST = "answer-lost"
    NOT_DELIVERED = "not-delivered"
    OVERTAKEN = "overtaken"
    LET_BE = "let-be"
    #: It waits.
    OVER_BUDGET = "over-budget"


_SENTENCES: dict[Reason, LazyProxy] = {
    Reason.NUMBER_INVALID: _l(
        "The number cannot receive this message. Ask the person for another one."
    ),
    Reason.ADDRESS_INVALID: _l(
        "Nothing can be delivered to this e-mail address. Ask the person for another one."
    ),
    Reason.NO_ADDRESS: _l("There is no postal address any more. Ask the person for one."),
    Reason.RETURNED: _l("The letter came back. Ask the person for their address."),
    Reason.OPTED_OUT: _l("The person asked for no more messages. Tell them when they come."),
    Reason.NUMBER_NOT_THEIRS: _l(
        "The number is not this person's. Ask them for the right one when they come."
    ),
    Reason.TEXT_REFUSED: _l("The gateway did not accept the text. Shorten it or change it."),
    Reason.NO_GATEWAY: _l(
        "No gateway is set up for this country, or for e-mail. "
        "Ask whoever runs the program to add one."
    ),
    Reason.GATEWAY_UNREACHABLE: _l(
        "The gateway did not answer for many hours. Ask whoever runs the program, then try again."
    ),
    Reason.GATEWAY_BUSY: _l(
        "The gateway took no more messages for many hours. Try again when it does."
    ),
    Reason.GATEWAY_LOGIN: _l(
        "The gateway did not accept our password. Ask whoever runs the program, then try again."
    ),
    Reason.GATEWAY_ERROR: _l(
        "The gateway reported a fault of its own. Ask whoever runs the program, then try again."
    ),
    Reason.ANSWER_LOST: _l(
        "The connection broke while it was sent. It may have arrived: "
        "ask the person before you try again."
    ),
    Reason.NOT_DELIVERED: _l(
        "The phone did not get it. It may be off, or the number may be wrong."
    ),
    Reason.OVER_BUDGET: _l("The budget of the month is spent. It goes when there is more."),
    Reason.OVERTAKEN: _l("It no longer made sense when its time came."),
    Reason.LET_BE: _l("It did not arrive, or nobody knows. It was decided to let it be."),
}


def sentence(code: str) -> str:
    """A reason in the reader's language; empty where there is none."""
    return str(_SENTENCES[Reason(code)]) if code else ""
