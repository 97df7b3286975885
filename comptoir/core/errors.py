"""Refusals the program makes on purpose, by family.

A concrete error lives in its package's ``errors.py``: a stable ``code`` such
as ``lending.item-on-loan``, its data as attributes, and ``message()``, one or
two plain sentences in the reader's language that say what to do next. It knows
no HTTP status: ``core.web`` maps the families to problem+json, a page, or an
htmx fragment.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong with one field of a form or a JSON body.

    ``field`` is a path in what was sent, such as ``numbers[2].imeis[0]`` or ``names.fr``. Where
    that is a file, ``line`` (from 1) and ``column`` say where in it, as far as they can.
    """

    field: str
    code: str
    message: str
    line: int | None = None
    column: str = ""


class ComptoirError(Exception):
    """Base of every error that a person may be told about."""

    code: ClassVar[str] = "core.error"

    def message(self) -> str:
        """What happened and what to do, translated."""
        raise NotImplementedError

    def details(self) -> dict[str, object]:
        """Machine-readable data for the API; never personal data."""
        return {}


class NotFound(ComptoirError):
    """It does not exist, or whoever asks may not know that it does."""


class Refused(ComptoirError):
    """A rule says no; the state of things would have to change first."""


class Invalid(ComptoirError):
    """The input is wrong; ``errors`` says where."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(self.code)
        self.errors = errors

    code = "core.invalid"

    def message(self) -> str:
        return " ".join(error.message for error in self.errors)


class Unauthenticated(ComptoirError):
    """Nobody is signed in, or no valid token came along.

    ``remedy`` is the page where a person can mend that.
    """

    remedy: ClassVar[str] = "/sign-in"


class Forbidden(ComptoirError):
    """Known, but not allowed with this role or scope."""


class TooManyRequests(ComptoirError):
    """Too often; ``retry_after`` says for how many seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(self.code)
        self.retry_after = retry_after


class PreconditionFailed(ComptoirError):
    """Somebody else changed it since it was read."""


class PreconditionRequired(ComptoirError):
    """An edit that does not say which version it was made from."""
