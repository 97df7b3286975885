"""Find out who acts, in one statement, before a handler runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from comptoir.core import clock
from comptoir.core.accounts import browsers, credentials, sessions
from comptoir.core.accounts.browsers import KnownBrowser, Origin
from comptoir.core.accounts.errors import SessionEnded, TokenRefused
from comptoir.core.accounts.identity import Directory, Identity, identity_of, identity_of_token
from comptoir.core.keys import Keyring
from comptoir.core.logging import without_values
from comptoir.core.settings import Settings
from comptoir.core.web.context import header, is_api, speak_like
from comptoir.core.web.cookies import cookie_name, forget_cookie, make_cookie

SESSION = "session"
TICKET = "sign-in"

log = structlog.get_logger("comptoir.errors")

Connection = ASGIConnection[Any, Any, Any, Any]


@dataclass(frozen=True)
class Accounts:
    """What signing in needs of the application it runs in."""

    settings: Settings
    keys: Keyring
    directory: Directory

    @property
    def lock_after(self) -> timedelta | None:
        """How long a desk may be left alone; None is for ever."""
        minutes = self.settings.lock_minutes
        return timedelta(minutes=minutes) if minutes else None


def accounts_of(app: Litestar) -> Accounts:
    """What the plugin put into the application."""
    accounts: Accounts = app.state.accounts
    return accounts


def make_authentication(accounts: Accounts) -> Callable[[ASGIApp], ASGIApp]:
    """The middleware that sets ``connection.user`` to a Principal or to None.

    ``/api`` knows access tokens alone, all else session cookies alone.
    """

    def around(app: ASGIApp) -> ASGIApp:
        async def handle(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == ScopeType.HTTP:
                scope["user"] = scope["auth"] = None
                known = scope["route_handler"].opt
                if not (known.get("static") or known.get("anonymous")):
                    await authenticate(scope, accounts)
            await app(scope, receive, send)

        return handle

    return around


def make_recognition(accounts: Accounts) -> Callable[[Exception, Scope], Awaitable[None]]:
    """A hook before the page of an error: no middleware has run where no address matched.

    The page then speaks the language of the person's account and has their menus.
    """

    async def recognise(error: Exception, scope: Scope) -> None:
        known = scope["type"] != ScopeType.HTTP or "user" in scope or is_api(scope)
        if known or not isinstance(error, HTTPException):
            return
        try:
            await authenticate(scope, accounts)
        except Exception as failure:  # such as a database that is away: the page does without
            log.warning("not-recognised", **without_values(failure))

    return recognise


async def authenticate(scope: Scope, accounts: Accounts) -> None:
    """Look the request's token or cookie up; put who it is into the scope."""
    if is_api(scope):
        identity = await _by_token(scope, accounts)
    else:
        identity = await _by_cookie(scope, accounts)
    scope["user"] = identity.principal
    scope["auth"] = identity.session
    if identity.place is not None:
        scope["state"]["place"] = identity.place
    if identity.session is not None:  # also of a locked desk, where nobody is
        speak_like(scope, identity.session.language)
        scope["state"]["roles_by_password"] = identity.session.full_roles


async def _by_token(scope: Scope, accounts: Accounts) -> Identity:
    kind, _, token = header(scope, b"authorization").partition(" ")
    if kind.lower() != "bearer" or not token:
        return Identity()
    record = await accounts.directory.token(credentials.token_hash(token.strip()), now=clock.now())
    if record is None:
        scope["state"]["sign_in_refused"] = TokenRefused
        return Identity()
    return identity_of_token(record)


async def _by_cookie(scope: Scope, accounts: Accounts) -> Identity:
    token = cookie_of(Connection(scope), accounts.settings, SESSION)
    if not token:
        return Identity()
    now = clock.now()
    record = await accounts.directory.session(credentials.token_hash(token), now=now)
    if record is None:
        scope["state"]["sign_in_refused"] = SessionEnded
        return Identity()
    identity = identity_of(record, now=now, lock_after=accounts.lock_after)
    handler = scope.get("route_handler")  # none where no address matched
    background = handler is None or handler.opt.get("background")
    if identity.principal and identity.session and identity.session.stale and not background:
        await sessions.touch(identity.session.id, now=now)
    return identity


def cookie_of(connection: Connection, settings: Settings, name: str) -> str | None:
    """A cookie of ours, under the name it goes by."""
    return connection.cookies.get(cookie_name(settings, name))


def origin_of(connection: Connection) -> Origin:
    """Where somebody tries to sign in from."""
    settings = accounts_of(connection.app).settings
    scope: Any = connection.scope
    client = scope.get("client")
    return Origin(
        address=browsers.client_address(
            client[0] if client else None,
            header(scope, b"x-forwarded-for"),
            settings.trusted_proxies,
        ),
        browser=KnownBrowser.read(cookie_of(connection, settings, browsers.COOKIE)),
        description=browsers.describe(header(scope, b"user-agent")),
    )


def session_cookie(settings: Settings, token: str) -> Cookie:
    """The cookie of a session: gone when the browser closes."""
    return make_cookie(settings, SESSION, token)


def signed_in_cookies(settings: Settings, token: str, browser: KnownBrowser) -> list[Cookie]:
    """The cookies of somebody who has just signed in."""
    return [
        session_cookie(settings, token),
        make_cookie(settings, browsers.COOKIE, browser.value, max_age=browsers.KEPT_FOR),
        forget_cookie(settings, TICKET),
    ]
