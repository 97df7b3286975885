"""Refusals of this floor, with stable codes."""

from __future__ import annotations

from comptoir.core.errors import FieldError, Invalid, NotFound
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
