"""The page behind the link: a mail program posts to it by itself, and a person sees a button.

Opening it changes nothing, for programs look at links before their readers do. It is the same page
whoever opens it, and whatever stands in the link.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.authentication import accounts_of, origin_of
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.accounts.guards import ANONYMOUS
from comptoir.core.i18n import current_language
from comptoir.core.web import speak_publicly, unlisted_page
from comptoir.core.web.context import in_languages
from comptoir.core.web.middleware import SELF_PROVING
from comptoir.notifications.unsubscribe.services import unsubscribe
from comptoir.notifications.unsubscribe.tokens import PATH

Page = Request[Any, Any, Any]


@get(f"{PATH}{{token:str}}", opt=ANONYMOUS, include_in_schema=False)
async def asked(request: Page, token: FromPath[str]) -> Response[str]:
    """Ask whether they mean it."""
    speak_publicly(request)
    return _shown(request, "asked")


@post(
    f"{PATH}{{token:str}}", status_code=200, opt=ANONYMOUS | SELF_PROVING, include_in_schema=False
)
async def done(request: Page, token: FromPath[str]) -> Response[str]:
    """Stop e-mails to whoever it is."""
    speak_publicly(request)
    keys, address = accounts_of(request.app).keys, origin_of(request).address
    try:
        await unsubscribe(keys, token, address=address, now=clock.now())
    except TooManyAttempts as error:
        wait = {"Retry-After": str(error.retry_after)}
        return _shown(request, "wait", status=429, headers=wait)
    return _shown(request, "done")


def _shown(
    request: Page, what: str, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response[str]:
    return unlisted_page(
        request,
        "notifications/unsubscribe.html",
        status=status,
        headers=headers,
        what=what,
        languages=in_languages(request),
        lang=f"?lang={current_language()}",
    )


ROUTES = [asked, done]
