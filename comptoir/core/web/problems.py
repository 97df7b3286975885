"""The one place where errors get an HTTP status and a body for programs (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from litestar.exceptions import HTTPException, ValidationException

from comptoir.core import errors
from comptoir.core.errors import ComptoirError, FieldError
from comptoir.core.i18n import gettext as _
from comptoir.core.wording import in_words

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Problem details as the API sends them.

    ``code`` is stable and the one to test for. ``title`` and ``detail`` are in
    the language of ``Accept-Language``. ``errors`` says which fields are wrong,
    ``details`` holds data of the particular refusal.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str | None = None
    errors: list[FieldError] = []
    details: dict[str, object] = {}


_FAMILIES: dict[type[ComptoirError], tuple[int, Callable[[], str]]] = {
    errors.NotFound: (404, lambda: _("Not found")),
    errors.Refused: (409, lambda: _("This is not possible now")),
    errors.Invalid: (422, lambda: _("Something needs correcting")),
    errors.Unauthenticated: (401, lambda: _("Please sign in")),
    errors.Forbidden: (403, lambda: _("You may not do this")),
    errors.TooManyRequests: (429, lambda: _("Too many attempts")),
    errors.PreconditionFailed: (412, lambda: _("Somebody else changed this")),
    errors.PreconditionRequired: (428, lambda: _("Read it first")),
}

# What the framework itself refuses: code, title, and what to do.
_FRAMEWORK: dict[int, tuple[str, Callable[[], str], Callable[[], str]]] = {
    400: (
        "core.malformed",
        lambda: _("The request could not be read"),
        lambda: _("The data sent is not in the expected form. Go back and try again."),
    ),
    401: (
        "core.unauthenticated",
        lambda: _("Please sign in"),
        lambda: _("Sign in to go on."),
    ),
    403: (
        "core.forbidden",
        lambda: _("You may not do this"),
        lambda: _("Your role does not allow this. Ask a coordinator."),
    ),
    404: (
        "core.not-found",
        lambda: _("Not found"),
        lambda: _("There is nothing at this address. It may be mistyped, or gone."),
    ),
    405: (
        "core.method-not-allowed",
        lambda: _("This cannot be done here"),
        lambda: _("The address exists, but not for this. Go back and use the buttons."),
    ),
    408: (
        "core.too-slow",
        lambda: _("This took too long"),
        lambda: _("Not everything came in. Check the connection, then send it again."),
    ),
    413: (
        "core.too-large",
        lambda: _("Too large"),
        lambda: _("What was sent is too large. Send less at once."),
    ),
    415: (
        "core.media-type",
        lambda: _("The request could not be read"),
        lambda: _("Send JSON in UTF-8, with the header Content-Type: application/json."),
    ),
    421: (
        "core.host-unknown",
        lambda: _("Not found"),
        lambda: _("Comptoir has another address. Ask for it where you got this one."),
    ),
    429: (
        "core.too-many-requests",
        lambda: _("Too many attempts"),
        lambda: _("Wait a moment, then try again."),
    ),
    503: (
        "core.unavailable",
        lambda: _("Not available right now"),
        lambda: _("Wait a moment, then try again."),
    ),
}


def problem_of(error: Exception, request_id: str) -> Problem:
    """What to say about an error; anything unexpected is a 500 that says nothing of it."""
    if isinstance(error, ComptoirError):
        return _of_family(error, request_id)
    if isinstance(error, ValidationException):
        return _problem(
            422,
            "core.invalid",
            _("Something needs correcting"),
            _("The data sent does not fit what is expected here."),
            request_id,
            errors=_field_errors(error.extra),
        )
    if isinstance(error, HTTPException) and error.status_code < 500:
        code, title, detail = _FRAMEWORK.get(error.status_code, _FRAMEWORK[400])
        return _problem(error.status_code, code, title(), detail(), request_id)
    if isinstance(error, HTTPException) and error.status_code == 503:
        code, title, detail = _FRAMEWORK[503]
        return _problem(503, code, title(), detail(), request_id)
    return _problem(
        500,
        "core.unexpected",
        _("Something went wrong on our side"),
        _(
            "This was not your doing. Try again. If it happens again, report this "
            "number: %(number)s",
            number=request_id[-12:],
        ),
        request_id,
    )


def status_of(error: type[ComptoirError]) -> int:
    """The HTTP status of a family of errors, or of one of its members."""
    return next(
        status for family, (status, _title) in _FAMILIES.items() if issubclass(error, family)
    )


def title_of(status: int) -> str:
    """The title of the problems with a status, in the reader's language."""
    titles = dict(_FAMILIES.values())
    titles |= {code: title for code, (_, title, _) in _FRAMEWORK.items() if code not in titles}
    return titles[status]()


def _of_family(error: ComptoirError, request_id: str) -> Problem:
    for family, (status, title) in _FAMILIES.items():
        if isinstance(error, family):
            return _problem(
                status,
                error.code,
                title(),
                error.message(),
                request_id,
                errors=error.errors if isinstance(error, errors.Invalid) else [],
                details=error.details(),
            )
    raise TypeError(f"{type(error).__name__} belongs to no family of core.errors") from error


def _problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    request_id: str,
    *,
    errors: list[FieldError] | None = None,
    details: dict[str, object] | None = None,
) -> Problem:
    return Problem(
        type=f"urn:comptoir:problem:{code}",
        title=title,
        status=status,
        code=code,
        detail=detail,
        instance=f"urn:comptoir:request:{request_id}",
        errors=errors or [],
        details=details or {},
    )


def _field_errors(extra: Any) -> list[FieldError]:
    """Litestar's own list of what does not validate, in our terms and the reader's language."""
    if not isinstance(extra, list):
        return []
    return [
        FieldError(
            field=str(entry.get("key", "")),
            code="core.invalid-value",
            message=in_words(str(entry.get("message", ""))),
        )
        for entry in extra
        if isinstance(entry, dict)
    ]
