"""Access tokens, for other programs."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from comptoir.core.accounts import tokens
from comptoir.core.accounts.errors import PlaceNotYours, RoleMissing, TokenNotFound
from comptoir.core.accounts.tokens import CreateToken, TokenView
from comptoir.core.api import Call, Moment, delete, get, post

TAG = "Tokens"


#: The scopes there are, as ``SCOPES`` has them.
Scope = Literal["read", "desk", "borrowers", "inventory", "settings"]


class Tokens(msgspec.Struct, frozen=True):
    """Tokens that were not revoked, newest first."""

    items: list[TokenView]


class TokenBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token for one integration. Without a site it acts at all of them."""

    name: Annotated[str, msgspec.Meta(examples=["Ticket system"])]
    scopes: Annotated[tuple[Scope, ...], msgspec.Meta(min_length=1, examples=[["desk"]])]
    site_id: UUID | None = None
    expires_at: Moment | None = None


class NewToken(msgspec.Struct, frozen=True):
    """A token that was just made. It is shown this once: a repeated call leaves it out."""

    token: str | None


@get("/tokens", scopes=("settings",), tag=TAG, errors=(RoleMissing,))
async def list_tokens(call: Call) -> Tokens:
    """List the access tokens, without their secrets."""
    return Tokens(await tokens.list_tokens(call.actor, now=call.now))


@post(
    "/tokens",
    scopes=("settings",),
    tag=TAG,
    status=201,
    errors=(RoleMissing, PlaceNotYours),
    secret="token",  # noqa: S106 – the name of a field
)
async def create_token(call: Call, data: TokenBody) -> NewToken:
    """Make an access token; it is shown this once."""
    command = CreateToken(data.name, data.scopes, data.site_id, data.expires_at)
    return NewToken(await tokens.create_token(call.actor, command, now=call.now))


@delete(
    "/tokens/{token_id:uuid}", scopes=("settings",), tag=TAG, errors=(RoleMissing, TokenNotFound)
)
async def revoke_token(call: Call, token_id: UUID) -> None:
    """Make an access token worthless, at once."""
    await tokens.revoke_token(call.actor, token_id, now=call.now)


ROUTES = [list_tokens, create_token, revoke_token]
