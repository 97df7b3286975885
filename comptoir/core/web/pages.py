"""The shell's own pages: choosing the language."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.types import ControllerRouterHandler

from comptoir.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from comptoir.core.web.context import LANGUAGE_COOKIE
from comptoir.core.web.render import redirect
from comptoir.core.web.shell import shell_of

_ONE_YEAR = 365 * 24 * 3600


class ChooseLanguage(msgspec.Struct, frozen=True):
    """The language switch: ``next`` is the page to go back to."""

    language: str = DEFAULT_LANGUAGE
    next: str = "/"


@post("/language", status_code=303, include_in_schema=False, opt={"public": True})
async def choose_language(
    request: Request[Any, Any, Any],
    data: Annotated[ChooseLanguage, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Speak this language in this browser from now on."""
    language = data.language if data.language in LANGUAGES else DEFAULT_LANGUAGE
    cookie = Cookie(
        key=LANGUAGE_COOKIE,
        value=language,
        max_age=_ONE_YEAR,
        path="/",
        secure=shell_of(request.app).settings.https,
        httponly=True,
        samesite="lax",
    )
    return redirect(request, data.next, cookies=[cookie])


ROUTES: list[ControllerRouterHandler] = [choose_language]
