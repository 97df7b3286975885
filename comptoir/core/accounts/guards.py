"""Who may call a handler: said at each handler, or nobody may.

    @get("/items", guards=[require(Role.RECEPTION)])
    @post("/api/v1/check-outs", guards=[require_scope("desk")])
    @get("/t/{code:str}", opt=PUBLIC)

Guards decide by role alone. Whether it holds at the site of a row is for the
service to ask (``principal.has_role(role, site_id)``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import HttpMethod
from litestar.handlers import BaseRouteHandler

from comptoir.core.accounts.errors import (
    DeskLocked,
    NobodyMay,
    PasswordNeeded,
    RoleMissing,
    ScopeMissing,
    SignInNeeded,
)
from comptoir.core.accounts.identity import SCOPES, WEAK_METHODS, SessionFacts
from comptoir.core.principal import Principal, Role
from comptoir.core.web.context import principal_of

Connection = ASGIConnection[Any, Any, Any, Any]

#: ``opt=`` of a handler that everybody may call.
PUBLIC = {"public": True}
#: … whose pages are as light as can be and need no cookie, those of errors too.
PLAIN = PUBLIC | {"plain": True}
#: … and that does not even ask who it is: it works without the database.
ANONYMOUS = PLAIN | {"anonymous": True}

#: What a token made for reading may read.
_READABLE = frozenset({"read", "desk", "inventory", "borrowers"})
_READING = frozenset({"GET", "HEAD"})


class Declaration:
    """Base of the guards by which a handler says who may call it."""

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class RequireRole(Declaration):
    """A role of at least this rank, at one site at least."""

    least: Role

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        principal = somebody(connection)
        if principal.has_role(self.least):
            return
        session = session_of(connection)
        if session and Principal("user", roles=session.full_roles).has_role(self.least):
            raise PasswordNeeded
        raise RoleMissing


@dataclass(frozen=True)
class RequireScope(Declaration):
    """A token with one of these scopes. The API knows no people, so none is let in here."""

    scopes: tuple[str, ...]

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        held = somebody(connection).scopes or frozenset()
        if held.isdisjoint(self.scopes):
            reads = connection.scope.get("method") in _READING and _READABLE & {*self.scopes}
            if not (reads and "read" in held):
                raise ScopeMissing(self.scopes[0])


@dataclass(frozen=True)
class SignedIn(Declaration):
    """A person, whatever their role; with ``by_password``, one who typed it."""

    by_password: bool = False

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        principal = somebody(connection)
        if principal.kind != "user":
            raise RoleMissing
        session = session_of(connection)
        if self.by_password and session and session.method in WEAK_METHODS:
            raise PasswordNeeded


def require(least: Role) -> RequireRole:
    """Only people and tokens whose role is at least that, anywhere."""
    return RequireRole(least)


def require_scope(*scopes: str) -> RequireScope:
    """Only tokens with one of the scopes (``read`` suffices to read).

    Put ``require(Role.X)`` beside it where reception does not suffice.
    """
    if not scopes or not set(scopes) <= set(SCOPES):
        raise LookupError(f"no such scopes: {scopes}")
    return RequireScope(scopes)


#: Any person who is signed in.
signed_in = SignedIn()
#: … and not by a PIN or a badge alone.
signed_in_by_password = SignedIn(by_password=True)


def somebody(connection: Connection) -> Principal:
    """Who acts.

    Raises:
        Unauthenticated: nobody does; the concrete error says why.
    """
    principal = principal_of(connection.scope)
    if principal is not None:
        return principal
    session = session_of(connection)
    if session is not None and session.locked:
        raise DeskLocked
    refused: type[Exception] | None = connection.scope["state"].get("sign_in_refused")
    raise (refused or SignInNeeded)()


def session_of(connection: Connection) -> SessionFacts | None:
    """The session of the request; also the one of a locked desk."""
    found = connection.scope.get("auth")
    return found if isinstance(found, SessionFacts) else None


async def refuse_undeclared(connection: Connection, handler: BaseRouteHandler) -> None:
    """The application's own guard: a handler that declares nothing is for nobody.

    A token is refused where no scope is declared.
    """
    if is_public(handler):
        return
    declared = declarations(handler)
    if not declared:
        raise NobodyMay
    principal = principal_of(connection.scope)
    by_scope = any(isinstance(guard, RequireScope) for guard in declared)
    if principal is not None and principal.kind == "token" and not by_scope:
        raise RoleMissing


def is_public(handler: BaseRouteHandler) -> bool:
    """True if everybody may call the handler.

    That an address takes a method is no secret: the reference says so to everybody.
    """
    asks_methods = getattr(handler, "http_methods", None) == {HttpMethod.OPTIONS}
    return asks_methods or bool(handler.opt.get("public") or handler.opt.get("static"))


def declarations(handler: BaseRouteHandler) -> list[Declaration]:
    """What the handler, or a layer around it, says of who may call it."""
    return [guard for guard in handler.resolve_guards() if isinstance(guard, Declaration)]
