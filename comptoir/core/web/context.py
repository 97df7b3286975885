"""What is known of a request before any handler runs, and where it is kept.

Everything lives in ``scope["state"]``, so that an error answer finds it even
when no route matched and no middleware ran.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection
from litestar.types import Scope

from comptoir.core import i18n
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.web.filters import wrong_filters

LANGUAGE_COOKIE = "language"

Connection = ASGIConnection[Any, Any, Any, Any]


class Place(msgspec.Struct, frozen=True):
    """The site somebody works at, as far as a page needs it.

    The roof puts it into ``scope["state"]["place"]`` together with the
    principal; ``time_zone`` is an IANA name.
    """

    id: UUID
    name: str
    time_zone: str = "Europe/Zurich"


class RequestFacts:
    """Identity, start and language of one request."""

    __slots__ = ("id", "language_chosen", "started")

    def __init__(self, language_chosen: bool) -> None:
        self.id = new_id().hex
        self.started = time.perf_counter()
        self.language_chosen = language_chosen

    def milliseconds(self) -> float:
        """Time since the request came in, in milliseconds."""
        return round((time.perf_counter() - self.started) * 1000, 1)


def facts(scope: Scope) -> RequestFacts:
    """The facts of this request, gathered on the first call.

    That first call also sets the language for the rest of the task: the one
    chosen in this browser, else the first one of ``Accept-Language`` that we
    speak, else French.
    """
    state = scope["state"]
    known: RequestFacts | None = state.get("facts")
    if known is None:
        chosen, language = _language(scope)
        i18n.set_language(language)
        known = state["facts"] = RequestFacts(chosen)
    return known


def principal_of(scope: Scope) -> Principal | None:
    """Who is signed in, if the authentication of the roof found somebody."""
    user = scope.get("user")
    return user if isinstance(user, Principal) else None


def place_of(scope: Scope) -> Place | None:
    """The site the principal works at."""
    place = scope["state"].get("place")
    return place if isinstance(place, Place) else None


def by_password(scope: Scope) -> Principal | None:
    """Who is signed in, as they would be after their password; a PIN or a badge gives less.

    For showing what there is behind the password. What one may do is for the principal to say.
    """
    principal = principal_of(scope)
    roles = scope["state"].get("roles_by_password")
    if principal is None or roles is None:
        return principal
    return msgspec.structs.replace(principal, roles=roles)


def gains_by_password(scope: Scope) -> bool:
    """Whether the password gives more than what somebody came in with: pages may show more."""
    principal, full = principal_of(scope), by_password(scope)
    if principal is None or full is None:
        return False
    return any(full.has_role(role) and not principal.has_role(role) for role in Role)


def speak_to(scope: Scope, principal: Principal | None) -> None:
    """Use the language of the person's account, unless the browser's was chosen.

    Whoever sets ``scope["user"]`` calls this, so that refusals written by
    services are in the right language too. A program has no language of its
    own: it says in each request what its reader speaks.
    """
    if principal is not None and principal.kind == "user":
        speak_like(scope, principal.language)


def speak_like(scope: Scope, language: str) -> None:
    """Use the language last spoken at this desk, unless the browser's was chosen."""
    if not facts(scope).language_chosen:
        i18n.set_language(language)


def speak_publicly(connection: Connection) -> None:
    """Use the language of ``?lang=``, else of ``Accept-Language``, whatever a cookie says.

    For answers that caches keep for everybody.
    """
    language = connection.query_params.get("lang", "")
    if language not in i18n.LANGUAGES:
        language = preferred_language(header(connection.scope, b"accept-language"))
    i18n.set_language(language)


def in_languages(connection: Connection) -> list[tuple[str, str, str]]:
    """The same page in each language: its code, its name, the address."""
    path = connection.url.path
    return [(code, name, f"{path}?lang={code}") for code, name in i18n.LANGUAGE_NAMES.items()]


def chosen_language(connection: Connection) -> str:
    """What links add to keep the language that was chosen on a public page."""
    language = connection.query_params.get("lang", "")
    return f"?lang={language}" if language in i18n.LANGUAGES else ""


def header(scope: Scope, name: bytes) -> str:
    """A request header (lower-case name), or an empty text."""
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return ""


def here(scope: Scope) -> str:
    """Path and query of the page the reader is on, to come back to.

    The answer to a form has no address of its own: then it is the page that
    the form was on.
    """
    if scope.get("method") in ("GET", "HEAD") and not is_htmx(scope):
        query = scope["query_string"].decode("latin-1")
        return scope["path"] + (f"?{query}" if query else "")
    url = header(scope, b"hx-current-url") or header(scope, b"referer")
    parts = urlsplit(url)
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def local_path(target: str, default: str = "/") -> str:
    """``target`` if it is a path on this site, else ``default``.

    For every address that came in with a request (``next=``): a full address,
    or one that a browser would read as such, is somebody else's trap.
    """
    if not target.startswith("/") or target[1:2] in ("/", "\\") or not target.isprintable():
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def is_api(scope: Scope) -> bool:
    """True if a program called, with a token, rather than a person's browser."""
    path = scope["path"]
    return path == "/api" or path.startswith("/api/")


def is_htmx(scope: Scope) -> bool:
    """True if a fragment is wanted rather than a page."""
    return header(scope, b"hx-request") == "true"


def _language(scope: Scope) -> tuple[bool, str]:
    cookie = header(scope, b"cookie")
    if LANGUAGE_COOKIE in cookie:
        morsel = SimpleCookie(cookie).get(LANGUAGE_COOKIE)
        if morsel is not None and morsel.value in i18n.LANGUAGES:
            return True, morsel.value
    return False, preferred_language(header(scope, b"accept-language"))


def preferred_language(accept: str) -> str:
    """The language of ours that an ``Accept-Language`` header (RFC 9110) likes best."""
    best, best_weight = i18n.DEFAULT_LANGUAGE, 0.0
    for part in accept[:200].split(","):
        tag, _, parameters = part.partition(";")
        language = tag.strip()[:2].lower()
        weight = _weight(parameters)
        if language in i18n.LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def template_context(connection: Connection) -> Mapping[str, object]:
    """The variables every template may use without its handler passing them."""
    scope: Any = connection.scope
    return {
        "principal": principal_of(scope),
        "place": place_of(scope),
        "path": scope["path"],
        "here": here(scope),
        "language": i18n.current_language(),
        "request_id": facts(scope).id,
        "wrong_filters": wrong_filters(scope),
    }
