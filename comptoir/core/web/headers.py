"""Headers on every answer, and the line about it in the access log."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import structlog
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import Message, Scope

from comptoir.core.settings import Settings
from comptoir.core.web.context import facts

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # zxing, which reads codes from the camera
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_UNLESS_SET = {
    # To our own pages only: with "no-referrer" browsers hide the Origin of our own forms too.
    "referrer-policy": "same-origin",
    "content-security-policy": CONTENT_SECURITY_POLICY,
    # Pages hold personal data: a shared desk PC keeps no copy of them.
    "cache-control": "no-store",
}
#: Where the address itself is the secret: a borrower's link, the one that stops e-mails, a private
#: calendar. Told by the path, so that errors too, of addresses that no route has, tell nobody where
#: one was.
_SECRET_PATHS = re.compile(r"/[mu]/|/rota/links/[^/]+/rota\.ics")
_OF_SECRETS = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow"}
_HSTS = {"strict-transport-security": "max-age=31536000"}


def make_send_hook(settings: Settings) -> Callable[[Message, Scope], Awaitable[None]]:
    """A ``before_send`` hook: it sees answers to unknown addresses and errors too."""
    always = _encoded(_ALWAYS | (_HSTS if settings.https else {}))
    unless_set = _encoded(_UNLESS_SET)
    unless_set_of_secrets = _encoded(_UNLESS_SET | _OF_SECRETS)
    log = structlog.get_logger("comptoir.access").bind()  # once, not for each request

    async def before_send(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start" or scope["type"] != ScopeType.HTTP:
            return
        known = facts(scope)
        headers = [
            (name, _allow(value, scope) if name.lower() == b"allow" else value)
            for name, value in message["headers"]
        ]
        present = {name.lower() for name, _ in headers}
        headers += always
        usual = unless_set_of_secrets if _SECRET_PATHS.match(scope["path"]) else unless_set
        headers += [pair for pair in usual if pair[0] not in present]
        headers.append((b"x-request-id", known.id.encode("ascii")))
        message["headers"] = headers
        if not _is_static(scope):
            log.info(
                "request",
                method=scope["method"],
                # The pattern, never the address: that may hold a code or a search.
                route=scope.get("path_template", "(none)"),
                status=message["status"],
                code=scope["state"].get("error_code"),
                ms=known.milliseconds(),
                request_id=known.id,
            )

    return before_send


def _allow(value: bytes, scope: Scope) -> bytes:
    """``Allow`` with all that the address takes, HEAD beside GET.

    The framework's own answer to OPTIONS names the methods of one handler alone.
    """
    methods = {method.strip().decode("ascii") for method in value.split(b",")}
    for route in scope["litestar_app"].routes:
        if isinstance(route, HTTPRoute) and route.path_format == scope.get("path_template"):
            methods |= route.methods
    methods |= {"HEAD"} if "GET" in methods else set()
    return ", ".join(sorted(methods)).encode("ascii")


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


def _is_static(scope: Scope) -> bool:
    handler = scope.get("route_handler")
    return handler is not None and "static" in handler.opt
