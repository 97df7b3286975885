"""What happens to every request before its handler.

Its facts are gathered (id, start, language), and a change asked for by
another site's page is refused.

Cross-site requests are told from what the browser itself says and a page
cannot forge: ``Sec-Fetch-Site`` (W3C Fetch Metadata), or ``Origin`` where that
is missing (plain HTTP, older browsers). No token has to be put into forms, and
a form stays good after signing in again. Session cookies are ``SameSite=Lax``
besides. ``/api`` knows no cookies, so nothing can be forged there.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from comptoir.core.errors import Forbidden
from comptoir.core.i18n import gettext as _
from comptoir.core.settings import Settings
from comptoir.core.web.context import facts, header, is_api

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossOriginRefused(Forbidden):
    """A page of another site tried to change something here."""

    code = "core.cross-origin"

    def message(self) -> str:
        return _("This form was sent from somewhere else. Open the page here and try again.")


def make_request_middleware(settings: Settings) -> Callable[[ASGIApp], ASGIApp]:
    """The middleware for an application that people reach at ``settings.base_url``."""
    public_host = urlsplit(settings.base_url).netloc

    def around(app: ASGIApp) -> ASGIApp:
        async def handle(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == ScopeType.HTTP:
                facts(scope)
                if scope["method"] not in _READING and not is_api(scope):
                    refuse_cross_origin(scope, public_host)
            await app(scope, receive, send)

        return handle

    return around


def refuse_cross_origin(scope: Scope, public_host: str) -> None:
    """Let a changing request pass only if it comes from our own pages.

    Raises:
        CrossOriginRefused: it does not, or a browser with cookies does not say.
    """
    site = header(scope, b"sec-fetch-site")
    if site:
        ours = site in ("same-origin", "none")
    elif origin := header(scope, b"origin"):
        ours = urlsplit(origin).netloc in (header(scope, b"host"), public_host)
    else:
        ours = not header(scope, b"cookie")
    if not ours:
        raise CrossOriginRefused
