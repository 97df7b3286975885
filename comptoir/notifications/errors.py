"""Refusals of this floor, with stable codes."""

from __future__ import annotations

from comptoir.core.errors import (
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    Refused,
    TooManyRequests,
)
from comptoir.core.i18n import gettext as _


class HookUnknown(NotFound):
    """Nobody whom we listen to: no such gateway, or a wrong secret. It is not told which."""

    code = "notifications.hook-unknown"

    def message(self) -> str:
        return _("There is nothing at this address. It may be mistyped, or gone.")


class HookUnreadable(Invalid):
    """What a gateway tells makes no sense, is too long, or too old."""

    code = "notifications.hook-unreadable"

    def __init__(self) -> None:
        text = _("This could not be read. Look at the configuration of the gateway.")
        super().__init__([FieldError("", self.code, text)])


class MessageNotFound(NotFound):
    """No such message, or one of a site the actor may not know of."""

    code = "notifications.message-not-found"

    def message(self) -> str:
        return _("There is no such message at your sites.")


class NotTriedAgain(Refused):
    """It did not fail, or was tried again before."""

    code = "notifications.not-tried-again"

    def message(self) -> str:
        return _(
            "This message did not fail, or somebody has tried it again already. "
            "Look at the list again."
        )


class NotLetBe(Refused):
    """It did not fail, or was tried again."""

    code = "notifications.not-let-be"

    def message(self) -> str:
        return _(
            "This message did not fail, or somebody has tried it again. Look at the list again."
        )


class MessageMoot(Refused):
    """It makes no sense any more."""

    code = "notifications.message-moot"

    def message(self) -> str:
        return _(
            "This message makes no sense any more, so it is not sent. What it speaks of is back, "
            "its date is over or was changed, something later was written, or it has a code and "
            "the person’s number is another one by now."
        )


class AdministratorNeeded(Forbidden):
    """Only an administrator of all sites decides about all sending."""

    code = "notifications.administrator-needed"

    def message(self) -> str:
        return _("Only an administrator can do this. Ask one of them.")


class SendingChanged(PreconditionFailed):
    """Somebody else decided about sending since it was read."""

    code = "notifications.sending-changed"

    def message(self) -> str:
        return _("Somebody else changed this meanwhile. Look at it again, then decide.")


class WishChanged(PreconditionFailed):
    """The wish of a borrower was changed since it was read."""

    code = "notifications.wish-changed"

    def message(self) -> str:
        return _("Somebody else changed this meanwhile. Look at it again, then decide.")


class NumberNotAsked(Refused):
    """The number is another by now, or is not asked about for a reason that may be right."""

    code = "notifications.number-not-asked"

    def message(self) -> str:
        return _("The question about this number is no longer the same. Look at it again.")


class WordingNotFound(NotFound):
    """No such kind of message, language or form."""

    code = "notifications.wording-not-found"

    def message(self) -> str:
        return _("There is no such message. Choose one from the list.")


class WordingChanged(PreconditionFailed):
    """Somebody else saved a wording since it was read."""

    code = "notifications.wording-changed"

    def message(self) -> str:
        return _("Somebody else changed this meanwhile. Look at it again, then decide.")


class AllSitesNeeded(Forbidden):
    """What all sites share is changed by those who answer for all sites."""

    code = "notifications.all-sites-needed"

    def message(self) -> str:
        return _("Only a coordinator of all sites can do this. Ask one of them.")


class TooManyTests(TooManyRequests):
    """Too many test messages in an hour."""

    code = "notifications.too-many-tests"

    def message(self) -> str:
        return _("Enough tests were sent for now. Try again in an hour.")


class NoSite(Refused):
    """A message speaks for a place, and there is none."""

    code = "notifications.no-site"

    def message(self) -> str:
        return _("A message needs a place to speak of. Add a site first.")


class ConversationNotFound(NotFound):
    """Nobody wrote that, or to a site the actor may not know of."""

    code = "notifications.conversation-not-found"

    def message(self) -> str:
        return _("There is no such conversation at your sites.")


class ConversationChanged(PreconditionFailed):
    """They wrote again since it was read."""

    code = "notifications.conversation-changed"

    def message(self) -> str:
        return _("Something new was written meanwhile. Read it, then decide.")


class NumberNotAnswered(Refused):
    """No text message gets to this number."""

    code = "notifications.number-not-answered"

    def message(self) -> str:
        return _("No text message can be sent to this number. Call, or write a letter.")


class BatchNotFound(NotFound):
    """No such bundle of letters, or one of a site the actor may not know of."""

    code = "notifications.batch-not-found"

    def message(self) -> str:
        return _("There are no such letters at your sites.")


class BatchPrinted(Refused):
    """The letters have gone."""

    code = "notifications.batch-printed"

    def message(self) -> str:
        return _("These letters were printed already. Print them again if need be.")


class LetterNotReturned(Refused):
    """It was not printed, or something else became of it."""

    code = "notifications.letter-not-returned"

    def message(self) -> str:
        return _("Only a letter that was printed can come back.")


class AddressNotAsked(Refused):
    """The address is another by now."""

    code = "notifications.address-not-asked"

    def message(self) -> str:
        return _("The address was changed meanwhile. Look at it again.")


class CallNotFound(NotFound):
    """Nobody to call there, or not any more."""

    code = "notifications.call-not-found"

    def message(self) -> str:
        return _("Somebody else has looked after this already, or there is nothing left to tell.")


class CallNotUndone(Refused):
    """It is more than a minute ago, or something was written down after it."""

    code = "notifications.call-not-undone"

    def message(self) -> str:
        return _("This can be taken back for a minute only. Call them once more if need be.")


class PlanNotFound(NotFound):
    """No such plan of reminders, or one of a site the actor may not know of."""

    code = "notifications.plan-not-found"

    def message(self) -> str:
        return _("There are no such reminders at your sites.")
