"""What can be wrong with signing in, with an account, or with what one may do."""

from __future__ import annotations

from math import ceil
from typing import ClassVar

from comptoir.core.errors import (
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    TooManyRequests,
    Unauthenticated,
)
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import ngettext

# Who are you?


class SignInNeeded(Unauthenticated):
    """Nobody is signed in."""

    code = "accounts.sign-in-needed"

    def message(self) -> str:
        return _("Sign in to go on.")


class SessionEnded(Unauthenticated):
    """The session ran out, or was ended from elsewhere."""

    code = "accounts.session-ended"

    def message(self) -> str:
        return _("You have been signed out. Sign in again: nothing you saved is lost.")


class PinsUsedUp(SessionEnded):
    """Too many wrong PINs or badges in a row have ended the session of a desk."""

    code = "accounts.pins-used-up"

    def message(self) -> str:
        return _(
            "Too many wrong PINs or badges: this desk has been signed out. "
            "Sign in with your user name and password."
        )


class DeskLocked(Unauthenticated):
    """The desk waits for a PIN or a badge."""

    code = "accounts.desk-locked"
    remedy = "/locked"

    def message(self) -> str:
        return _("This desk is locked. Type your PIN or scan your badge.")


class PasswordNeeded(Unauthenticated):
    """A PIN or a badge is not enough for this."""

    code = "accounts.password-needed"

    def message(self) -> str:
        return _("You came in with a PIN or a badge. For this, sign in with your password.")


class TokenRefused(Unauthenticated):
    """No such token, or it was revoked, or it is past its end."""

    code = "accounts.token-refused"

    def message(self) -> str:
        return _("This access token is not valid. Ask an administrator for a new one.")


# What may you do?


class RoleMissing(Forbidden):
    """The role does not go that far."""

    code = "accounts.role-missing"

    def message(self) -> str:
        return _("Your role does not allow this. Ask a coordinator.")


class ScopeMissing(Forbidden):
    """The token was not made for this."""

    code = "accounts.scope-missing"

    def __init__(self, scope: str) -> None:
        super().__init__(self.code)
        self.scope = scope

    def message(self) -> str:
        return _("This access token lacks the right that is needed: %(scope)s.", scope=self.scope)

    def details(self) -> dict[str, object]:
        return {"scope": self.scope}


class NobodyMay(Forbidden):
    """The handler does not say who may call it: a mistake of ours, so nobody may."""

    code = "accounts.undeclared"

    def message(self) -> str:
        return _("Nobody may open this page yet. Please tell whoever runs this program.")


# Signing in


class OneFieldWrong(Invalid):
    """One field, one code, one sentence."""

    field: ClassVar[str]

    def __init__(self) -> None:
        super().__init__([FieldError(self.field, self.code, self.sentence())])

    def sentence(self) -> str:
        """What is wrong with the field."""
        raise NotImplementedError


class SignInRefused(OneFieldWrong):
    """Login or password are wrong; which of them is not said."""

    code = "accounts.sign-in-refused"
    field = "password"

    def sentence(self) -> str:
        return _("User name or password are not right. Check both and try again.")


class CodeRefused(OneFieldWrong):
    """Neither the code of now nor an unused recovery code."""

    code = "accounts.code-refused"
    field = "code"

    def sentence(self) -> str:
        return _("This code is not right, or was used already. Wait for the next one.")


class SignInExpired(Unauthenticated):
    """Too long between the password and the code."""

    code = "accounts.sign-in-expired"

    def message(self) -> str:
        return _("That took too long. Sign in again.")


class TooManyAttempts(TooManyRequests):
    """Signing in failed too often, here or for this account."""

    code = "accounts.too-many-attempts"

    def message(self) -> str:
        minutes = ceil(self.retry_after / 60)
        return ngettext(
            "Too many attempts. Wait %(num)s minute, then try again.",
            "Too many attempts. Wait %(num)s minutes, then try again.",
            minutes,
        )

    def details(self) -> dict[str, object]:
        return {"retry_after": self.retry_after}


class PinRefused(OneFieldWrong):
    """No colleague of this desk has this PIN or badge."""

    code = "accounts.pin-refused"
    field = "pin"

    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__()

    def sentence(self) -> str:
        return ngettext(
            "Nobody at this desk has this PIN or badge. %(num)s attempt is left.",
            "Nobody at this desk has this PIN or badge. %(num)s attempts are left.",
            self.left,
        )


# Choosing a password


class PasswordUnfit(Invalid):
    """The new password is too easy to guess."""

    code = "accounts.password-unfit"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__([FieldError("password", reason, message)])

    @classmethod
    def too_short(cls, least: int) -> PasswordUnfit:
        """Fewer than ``least`` signs."""
        return cls(
            "accounts.password-too-short",
            ngettext(
                "Choose a password of %(num)s character or more. Three words are a good start.",
                "Choose a password of %(num)s characters or more. Three words are a good start.",
                least,
            ),
        )

    @classmethod
    def too_long(cls, most: int) -> PasswordUnfit:
        """More than ``most`` signs."""
        return cls(
            "accounts.password-too-long",
            ngettext(
                "Choose a password of %(num)s character at most.",
                "Choose a password of %(num)s characters at most.",
                most,
            ),
        )

    @classmethod
    def own_name(cls) -> PasswordUnfit:
        """The person's name or login, maybe with something short added."""
        return cls(
            "accounts.password-is-name",
            _("Your name is the first thing others try. Choose something else."),
        )

    @classmethod
    def too_common(cls) -> PasswordUnfit:
        """One of the commonest."""
        return cls(
            "accounts.password-too-common",
            _(
                "Passwords like this one are tried first. "
                "Choose three words that have nothing to do with each other."
            ),
        )


class CurrentPasswordWrong(OneFieldWrong):
    """Whoever changes a password has to know the old one."""

    code = "accounts.current-password-wrong"
    field = "current_password"

    def sentence(self) -> str:
        return _("This is not your present password.")


class PasswordAgainNeeded(OneFieldWrong):
    """The password was given too long ago, or a PIN or a badge let the person in."""

    code = "accounts.password-again"
    field = "current_password"

    def sentence(self) -> str:
        return _("Type your password to go on.")


# Accounts


class LoginTaken(OneFieldWrong):
    """Somebody else signs in with that name."""

    code = "accounts.login-taken"
    field = "login"

    def sentence(self) -> str:
        return _("This user name is taken. Choose another, or add the person who has it.")


class LoginUnfit(OneFieldWrong):
    """Not something to sign in with."""

    code = "accounts.login-unfit"
    field = "login"

    def sentence(self) -> str:
        return _("Use 2 to 80 letters, digits, dots, hyphens, underscores or @, without spaces.")


class NameMissing(OneFieldWrong):
    """A person has a name, of 120 characters at most."""

    code = "accounts.name-missing"
    field = "name"

    def sentence(self) -> str:
        return _("Give a name of 1 to 120 characters.")


class UserNotFound(NotFound):
    """No such account."""

    code = "accounts.user-not-found"

    def message(self) -> str:
        return _("There is no such colleague here.")


class InvitationGone(NotFound):
    """Used, expired, replaced, or never made."""

    code = "accounts.invitation-gone"

    def message(self) -> str:
        return _(
            "This link does not work any more: it was used, replaced by a newer one, or is too "
            "old. Ask your coordinator for a new one."
        )


class SessionNotFound(NotFound):
    """No such session of this person."""

    code = "accounts.session-not-found"

    def message(self) -> str:
        return _("This sign-in has ended already.")


class SecondFactorOff(Refused):
    """There is no second factor to use or to confirm."""

    code = "accounts.second-factor-off"

    def message(self) -> str:
        return _("Signing in by code is not set up. Start again from your account page.")


class SecondFactorOn(Refused):
    """It is set up already; switch it off first."""

    code = "accounts.second-factor-on"

    def message(self) -> str:
        return _(
            "Signing in by code is set up already. To set up another phone, turn it off first."
        )


class PlaceNotYours(NotFound):
    """Not a site the person works at."""

    code = "accounts.place-not-yours"

    def message(self) -> str:
        return _("You do not work at this site.")
