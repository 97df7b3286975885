"""What can be wrong with an access token that is made or revoked."""

from __future__ import annotations

from comptoir.core.errors import FieldError, Invalid, NotFound
from comptoir.core.i18n import gettext as _


class TokenUnfit(Invalid):
    """The token asked for cannot be made."""

    code = "accounts.token-unfit"

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__([FieldError(field, code, message)])

    @classmethod
    def name_missing(cls) -> TokenUnfit:
        """Without a name nobody knows later what to revoke."""
        return cls("name", "accounts.token-name-missing", _("Give a name of 1 to 80 characters."))

    @classmethod
    def scope_unknown(cls) -> TokenUnfit:
        """At least one scope, and only those that exist."""
        return cls("scopes", "accounts.token-scope-unknown", _("Choose at least one right."))

    @classmethod
    def already_expired(cls) -> TokenUnfit:
        """Its end is in the past."""
        return cls("expires_at", "accounts.token-expired", _("Choose a day in the future."))

    @classmethod
    def too_long(cls) -> TokenUnfit:
        """Its end is more than ten years away."""
        text = _("Choose a day within ten years, or none.")
        return cls("expires_at", "accounts.token-too-long", text)


class TokenNotFound(NotFound):
    """No such token, or it was revoked before."""

    code = "accounts.token-not-found"

    def message(self) -> str:
        return _("There is no such access token. It may have been revoked already.")
