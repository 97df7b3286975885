"""How an error reaches whoever asked: problem+json, a fragment, or a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from comptoir.core import i18n
from comptoir.core.errors import ComptoirError, TooManyRequests, Unauthenticated
from comptoir.core.i18n import lazy as _l
from comptoir.core.logging import without_values
from comptoir.core.web.bodies import BodyCutShort
from comptoir.core.web.context import (
    chosen_language,
    facts,
    here,
    in_languages,
    is_api,
    is_htmx,
    principal_of,
    speak_publicly,
)
from comptoir.core.web.problems import MEDIA_TYPE, Problem, problem_of
from comptoir.core.web.render import fragment, page, unlisted_page

log = structlog.get_logger("comptoir.errors")

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]


def answer_error(request: AnyRequest, error: Exception) -> AnyResponse:
    """Turn any exception into an answer; the details go to the log, without values."""
    known = facts(request.scope)
    if isinstance(error, BodyCutShort):
        return Response(b"", status_code=error.status_code)
    try:
        if _is_plain(request):
            speak_publicly(request)
        problem = problem_of(error, known.id)
        request.scope["state"]["error_code"] = problem.code
        if problem.status == 500:
            log.error("unexpected", request_id=known.id, **without_values(error))
        response = _face(request, error, problem)
    except Exception as second:  # the error page itself is broken: still say something
        log.error("error-page-failed", request_id=known.id, **without_values(second))
        return Response(
            f"Something went wrong. Try again. Number: {known.id[-12:]}\n",
            media_type=MediaType.TEXT,
            status_code=500,
        )
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    ComptoirError: answer_error,
    HTTPException: answer_error,
    Exception: answer_error,
}


def _face(request: AnyRequest, error: Exception, problem: Problem) -> AnyResponse:
    if is_api(request.scope):
        return _for_program(problem)
    if problem.status == 401:
        return _to_sign_in(request, error, problem)
    if _is_plain(request):
        return unlisted_page(
            request,
            "core/public_error.html",
            status=problem.status,
            problem=problem,
            here=here(request.scope),
            languages=in_languages(request),
            lang=chosen_language(request),
        )
    if is_htmx(request.scope):
        return fragment(
            request,
            "core/_error.html",
            status=problem.status,
            headers={"HX-Retarget": "#flash", "HX-Reswap": "innerHTML"},
            problem=problem,
        )
    return page(request, "core/error.html", status=problem.status, problem=problem)


def _is_plain(request: AnyRequest) -> bool:
    """True on the way to a page for everybody (``core.accounts.guards.PLAIN``).

    Not for somebody who is signed in: they go on by the menu.
    """
    handler = request.scope.get("route_handler")  # none where no address matched
    is_for_all = handler is not None and "plain" in handler.opt
    return is_for_all and principal_of(request.scope) is None


#: What a program does about these; a page speaks of buttons.
_TO_PROGRAMS = {
    "core.malformed": _l("The body is no JSON. Send JSON in UTF-8."),
    "core.not-found": _l("Nothing is at this address. /api/v1/openapi.json names all there are."),
    "core.method-not-allowed": _l("This address takes other methods. The header Allow names them."),
    "accounts.sign-in-needed": _l("Send an access token: “Authorization: Bearer”, then the token."),
}


def _for_program(problem: Problem) -> AnyResponse:
    detail = _TO_PROGRAMS.get(problem.code)
    if detail is not None:
        problem = msgspec.structs.replace(problem, detail=str(detail))
    headers = {"Content-Language": i18n.current_language()}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(problem, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def _to_sign_in(request: AnyRequest, error: Exception, problem: Problem) -> AnyResponse:
    """Sign in (or unlock), then come back to the page one was on."""
    page_for_it = error.remedy if isinstance(error, Unauthenticated) else Unauthenticated.remedy
    back = here(request.scope)
    target = page_for_it if back == "/" else f"{page_for_it}?next={quote(back, safe='/')}"
    if is_htmx(request.scope):
        # htmx goes there by itself; desk.js has kept the scan that waits for an answer.
        return fragment(
            request,
            "core/_error.html",
            status=problem.status,
            headers={"HX-Redirect": target},
            problem=problem,
        )
    return Response("", status_code=303, media_type=MediaType.HTML, headers={"Location": target})
