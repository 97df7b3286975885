"""What may be wrong with a call, whatever it asks for."""

from __future__ import annotations

from comptoir.core.errors import FieldError, Invalid, PreconditionRequired
from comptoir.core.i18n import gettext as _


class IdempotencyKeyUnfit(Invalid):
    """The key is empty, longer than 255 characters, or not visible ASCII."""

    code = "core.idempotency-key-unfit"

    def __init__(self) -> None:
        text = _("Use 1 to 255 visible ASCII characters, such as a random UUID.")
        super().__init__([FieldError("Idempotency-Key", self.code, text)])


class CursorInvalid(Invalid):
    """Not a cursor that this list gave, with these filters."""

    code = "core.cursor-invalid"

    def __init__(self) -> None:
        text = _("Use the cursor that the page before gave, unchanged.")
        super().__init__([FieldError("cursor", self.code, text)])


class VersionMissing(PreconditionRequired):
    """An edit must say, with ``If-Match``, which version it was made from."""

    code = "core.version-missing"

    def message(self) -> str:
        return _("Read it first, then send the ETag you got as If-Match with your change.")
