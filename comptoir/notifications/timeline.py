"""How what was written to a borrower reads in a timeline."""

from __future__ import annotations

from comptoir.core.audit.sentences import Story, describe
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.notifications.kinds import title_of
from comptoir.notifications.reasons import Reason


def describe_all() -> None:
    """Give every action of the notifications its sentence."""
    describe("message.written", _written)
    describe("message.dropped", _dropped)
    describe("letters.bundled", _l("Letters were prepared."))
    describe("letters.printed", _l("Letters were printed."))
    describe("letters.put_back", _l("Letters were put back."))
    describe("borrower.called", _called)
    describe("borrower.call_undone", _l("What came of the call was taken back."))
    describe("conversation.answered", _l("Answered by SMS, from the desk."))
    describe("conversation.done", _l("What they wrote was looked after."))
    describe("borrower.messages_stopped", _stopped)
    describe("borrower.messages_resumed", _resumed)
    describe("borrower.number_confirmed", _l("Their number is right, they say."))
    describe("borrower.address_confirmed", _l("Their address is right after all."))
    describe("borrower.letter_returned", _returned)
    describe("borrower.message_wish_changed", _wish)


def _written(story: Story) -> str:
    kind = title_of(str(story.after("kind")))
    if story.after("channel") == "call":
        return _("On the list to call: %(kind)s.", kind=kind)
    if story.after("channel") == "letter":
        return _("A letter to print: %(kind)s.", kind=kind)
    if story.after("channel") == "email":
        return _("A message to send by e-mail: %(kind)s.", kind=kind)
    return _("A message to send by SMS: %(kind)s.", kind=kind)


def _dropped(story: Story) -> str:
    kind = title_of(str(story.after("kind")))
    match story.after("reason"):
        case Reason.LET_BE:
            return _("It was decided to let a message be: %(kind)s.", kind=kind)
        case Reason.OPTED_OUT:
            why = _("They want no more messages.")
        case Reason.NUMBER_NOT_THEIRS:
            why = _("The number is not theirs.")
        case _other:
            why = _("It made no sense any more.")
    if story.after("channel") == "call":
        what = _("Off the list to call: %(kind)s.", kind=kind)
    else:
        what = _("Message not sent: %(kind)s.", kind=kind)
    return f"{what} {why}"


def _returned(story: Story) -> str:
    kind = title_of(str(story.after("kind")))
    return _("A letter came back: %(kind)s. No more letters to this address.", kind=kind)


def _called(story: Story) -> str:
    match story.after("outcome"):
        case "reached":
            return _("Reached by a call.")
        case "voicemail":
            return _("Called: voicemail.")
        case "wrong-number":
            return _("Called: the number is not theirs. No more messages.")
    return _("Called: to be called back.")


def _stopped(story: Story) -> str:
    if story.after("wrong_number"):
        return _("Somebody said that the number is not theirs. No more messages.")
    return _("Wants no more messages.")


def _resumed(story: Story) -> str:
    if story.before("wrong_number"):
        return _("The number is theirs after all.")
    return _("Wants messages again.")


def _wish(story: Story) -> str:
    match story.after("stopped"), story.after("barest"):
        case True, _other:
            return _("Wants no messages.")
        case False, _other:
            return _("Wants messages again.")
        case _other, True:
            return _("Wants messages in the barest form.")
    return _("Wants messages in the usual form.")
