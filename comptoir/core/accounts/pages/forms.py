"""What the pages of accounts share: reading forms, showing what was wrong with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body

from comptoir.core.accounts.authentication import accounts_of
from comptoir.core.errors import FieldError, Invalid, TooManyRequests
from comptoir.core.i18n import current_language
from comptoir.core.web import page
from comptoir.core.web.context import LANGUAGE_COOKIE, local_path

AnyRequest = Request[Any, Any, Any]
Data = TypeVar("Data")
Form = Annotated[Data, Body(media_type=RequestEncodingType.URL_ENCODED)]

#: Pages that lead somewhere else: nobody wants to come back to them.
_PASSAGES = ("/sign-in", "/sign-out", "/locked", "/lock", "/unlock", "/invitations")


def back_to(target: str) -> str:
    """The local page to go to after signing in; the start page if there is none."""
    path = local_path(target)
    bare = path.partition("?")[0]
    passage = any(bare == known or bare.startswith(known + "/") for known in _PASSAGES)
    return "/" if passage else path


async def answer_form(
    request: AnyRequest,
    act: Callable[[], Awaitable[Response[str]]],
    template: str,
    **context: Any,
) -> Response[str]:
    """Run ``act``; if the input was wrong, show the form again with what was wrong."""
    try:
        return await act()
    except Invalid as error:
        request.scope["state"]["error_code"] = error.code
        return page(request, template, status=422, errors=error.errors, **context)
    except TooManyRequests as error:
        request.scope["state"]["error_code"] = error.code
        return page(
            request,
            template,
            status=429,
            headers={"Retry-After": str(error.retry_after)},
            errors=[FieldError("", error.code, error.message())],
            **context,
        )


def forget_language(request: AnyRequest) -> Cookie:
    """The browser no longer insists on a language: from here on, the person's counts."""
    return _language_cookie(request, "", max_age=0)


def keep_language(request: AnyRequest) -> Cookie:
    """The language spoken now stays that of this browser when the session is over.

    Until somebody signs in or the browser closes.
    """
    return _language_cookie(request, current_language())


def _language_cookie(request: AnyRequest, value: str, max_age: int | None = None) -> Cookie:
    return Cookie(
        key=LANGUAGE_COOKIE,
        value=value,
        max_age=max_age,
        path="/",
        secure=accounts_of(request.app).settings.https,
        httponly=True,
        samesite="lax",
    )
