"""What the desk says when a voucher is not given; see ``lending.errors``."""

from __future__ import annotations

from babel.support import LazyProxy

from comptoir.core.i18n import lazy as _l
from comptoir.lending.refusals import RefusalCode

SENTENCES: dict[RefusalCode, LazyProxy] = {
    RefusalCode.VOUCHER_KIND_ENDED: _l(
        "This kind of voucher is not given any more. Choose another one."
    ),
    RefusalCode.VOUCHER_NEEDS_BORROWER: _l(
        "This kind of voucher is given to a person. Scan their card, or find them by name."
    ),
    RefusalCode.VOUCHER_NO_POLICY: _l(
        "No rule lets this person’s group have this kind of voucher. "
        "Offer something else, or ask a coordinator."
    ),
    RefusalCode.VOUCHER_PERSON_LIMIT_REACHED: _l(
        "The limit is reached: %(limit)s per person in %(days)s days. "
        "The next one is possible on %(wait_until)s. "
        "If it cannot wait, open its line under “Vouchers” and write down why."
    ),
    RefusalCode.VOUCHER_HOUSEHOLD_LIMIT_REACHED: _l(
        "The limit is reached: %(limit)s per household in %(days)s days. "
        "The next one is possible on %(wait_until)s. "
        "If it cannot wait, open its line under “Vouchers” and write down why."
    ),
    RefusalCode.VOUCHER_NONE_LEFT: _l(
        "None of these is left at this site. Offer something else, and tell a coordinator."
    ),
    RefusalCode.VOUCHER_REPLACED_BEFORE: _l(
        "This one was given for another that did not work. "
        "A third one is for a coordinator to give: perhaps it is the phone."
    ),
    RefusalCode.VOUCHER_ISSUED_ALREADY: _l(
        "This voucher was given to somebody already. Put it aside and take another one."
    ),
    RefusalCode.VOUCHER_GIVEN_IN_VISIT: _l(
        "This voucher was given in this visit already. There is nothing more to do."
    ),
    RefusalCode.VOUCHER_VOID: _l(
        "This voucher is void and is given to nobody. Put it aside and take another one."
    ),
    RefusalCode.VOUCHER_EXPIRED: _l("This voucher has expired. Put it aside and take another one."),
    RefusalCode.VOUCHER_TOO_LATE_TO_ACTIVATE: _l(
        "This voucher had to be activated by %(activate_until)s. "
        "Put it aside, take another one, and tell a coordinator."
    ),
    RefusalCode.VOUCHER_IN_TRANSIT: _l(
        "This voucher is on its way between two sites. "
        "If it is here, a coordinator must say first that it has arrived."
    ),
    RefusalCode.VOUCHER_ELSEWHERE: _l(
        "This voucher belongs to %(site)s. Take one of this site, and send this one back."
    ),
    RefusalCode.VOUCHER_RESERVED: _l(
        "This voucher is set aside for somebody else. Take another one."
    ),
    RefusalCode.VOUCHER_OTHER_SET_ASIDE: _l(
        "Another one of these is set aside for this person. Give that one, or release it first."
    ),
    RefusalCode.VOUCHER_SET_ASIDE_ALREADY: _l(
        "One of these is set aside for this person already. Give that one, or release it first."
    ),
    RefusalCode.VOUCHER_SET_ASIDE_COUNTS: _l(
        "One may have %(limit)s of these in %(days)s days, and what is set aside for this person "
        "or their household counts. Give that one, or release it first."
    ),
    RefusalCode.VOUCHER_UNKNOWN: _l(
        "This is the number of a SIM card that is not in our stock. "
        "Put it aside and take another one, or ask a coordinator to take it in."
    ),
    RefusalCode.VOUCHER_AWAITS_VISIT: _l(
        "This is a voucher: %(kind)s. To give it to somebody, scan their card first, "
        "or find them by name. Then scan it again."
    ),
    RefusalCode.VOUCHER_AWAITS_ITS_VISIT: _l(
        "This SIM card is set aside for somebody. To give it to them, open their visit. "
        "For anybody else take another one."
    ),
    RefusalCode.VOUCHER_NOT_AT_HAND: _l(
        "This code is not shown any more: it was shown a while ago, or taken back. "
        "In the visit of its person it can be seen again, with your password. "
        "Otherwise ask a coordinator."
    ),
    RefusalCode.VOUCHER_SHOWN_TOO_OFTEN: _l(
        "Very many codes were shown from this account, so this one has to wait. "
        "Show it in %(minutes)s minutes: nobody else is given it meanwhile."
    ),
    RefusalCode.VOUCHER_NOT_SENDABLE: _l(
        "This code cannot be sent: its kind does not go out in text messages, "
        "or the person has no phone number. Print it instead."
    ),
    RefusalCode.VOUCHER_MESSAGES_STOPPED: _l(
        "This person wants no text messages, so the code does not go to their phone. "
        "Print it, or let them copy it from the screen."
    ),
    RefusalCode.VOUCHER_NUMBER_DOUBTED: _l(
        "Text messages do not arrive at this person’s number, or it is not theirs. "
        "Print the code, or let them copy it from the screen."
    ),
    RefusalCode.VOUCHER_MESSAGE_FAILED: _l(
        "The text message with this code did not go, or nobody knows whether it did. "
        "Print the code, or let them copy it from the screen."
    ),
    RefusalCode.VOUCHER_SENDING_PAUSED: _l(
        "No text messages go out at the moment. "
        "Print the code, or let them copy it from the screen."
    ),
    RefusalCode.VOUCHER_MISREAD: _l(
        "This looks like the number of a SIM card, but one digit is wrong. "
        "Scan the barcode again, or compare each digit with the card."
    ),
    RefusalCode.VOUCHER_NOT_HELD: _l(
        "Nobody has this voucher any more: it came back, was replaced, or has ended. "
        "Look at what the person has now."
    ),
    RefusalCode.VOUCHER_IN_USE: _l(
        "This voucher is in use, so it cannot come back. If it does not work, replace it."
    ),
    RefusalCode.VOUCHER_OPENED: _l(
        "The code or the PIN of this voucher was shown or printed, so nobody else is given it. "
        "If it does not work, replace it. If nobody wants it, a coordinator makes it void."
    ),
    RefusalCode.VOUCHER_SHOWN: _l(
        "The code was shown already, so this cannot be undone. "
        "If the person does not want it, ask a coordinator."
    ),
}

#: What to say where the data that a sentence names is not known.
WITHOUT_DATA: dict[RefusalCode, LazyProxy] = {
    RefusalCode.VOUCHER_AWAITS_VISIT: _l(
        "This is a voucher. To give it to somebody, scan their card first, "
        "or find them by name. Then scan it again."
    ),
}
