"""What happens to every request before its handler.

Its facts are gathered (id, start, language). In production a request for another
domain name is refused, and everywhere a change asked for by another site's page.

Cross-site requests are told from what the browser itself says and a page
cannot forge: ``Sec-Fetch-Site`` (W3C Fetch Metadata), or ``Origin`` where that
is missing (plain HTTP, older browsers). No token has to be put into forms, and
a form stays good after signing in again. Session cookies are ``SameSite=Lax``
besides. ``/api`` knows no cookies, so nothing can be forged there, nor where a form
proves itself (``SELF_PROVING``).
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from comptoir.core.errors import Forbidden
from comptoir.core.i18n import gettext as _
from comptoir.core.settings import Settings
from comptoir.core.web.context import facts, header, is_api

#: ``opt=`` of a handler that rests on no cookie, and checks what its form proves. The pages
#: of such forms may keep back where one was, with which older browsers say no origin.
SELF_PROVING = {"self_proving": True}

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossOriginRefused(Forbidden):
    """A page of another site tried to change something here."""

    code = "core.cross-origin"

    def message(self) -> str:
        return _("This form was sent from somewhere else. Open the page here and try again.")


class HostUnknown(HTTPException):
    """The request names a host that is not this one (RFC 9110, section 15.5.20)."""

    status_code = 421


def make_request_middleware(settings: Settings) -> Callable[[ASGIApp], ASGIApp]:
    """The middleware for an application that people reach at ``settings.base_url``."""
    public_host = urlsplit(settings.base_url).netloc
    named = urlsplit(settings.public_url).hostname if settings.production else None

    def around(app: ASGIApp) -> ASGIApp:
        async def handle(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == ScopeType.HTTP:
                facts(scope)
                refuse_other_hosts(scope, named)
                if scope["method"] not in _READING and not _is_proved_otherwise(scope):
                    refuse_cross_origin(scope, public_host)
            await app(scope, receive, send)

        return handle

    return around


def _is_proved_otherwise(scope: Scope) -> bool:
    handler = scope.get("route_handler")  # none where no address matched
    return is_api(scope) or (handler is not None and "self_proving" in handler.opt)


def refuse_other_hosts(scope: Scope, named: str | None) -> None:
    """Let a request pass that asks for the public name, or for one that nobody can point here.

    A page of an attacker's, whose name they let lead to this machine, would otherwise be
    of the same origin as ours (DNS rebinding). That takes a whole domain name: an address
    in figures, ``localhost`` and names of the local network without a dot are what health
    checks and reverse proxies ask for. Where no public name is set, any name will do.

    Raises:
        HostUnknown: it is another domain name, none at all, or with a port that cannot be.
    """
    try:
        asked = urlsplit(f"//{header(scope, b'host')}")
        _ = asked.port  # read here, or each page that tells its own address fails at it
    except ValueError:
        raise HostUnknown from None
    host = (asked.hostname or "").removesuffix(".")
    if named and (not host or (host != named and "." in host and not _is_address(host))):
        raise HostUnknown


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


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
