"""Access tokens, for other programs."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from comptoir.core.accounts import tokens
from comptoir.core.accounts.errors import PlaceNotYours, RoleMissing
from comptoir.core.accounts.token_errors import TokenNotFound
from comptoir.core.accounts.tokens import CreateToken, TokenView
from comptoir.core.api import Call, Moment, delete, get, post
from comptoir.core.fields import example
from comptoir.core.vault import Untold

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
    site: UUID | None = None
    expires_at: Annotated[Moment | None, example("2034-12-31T00:00:00Z")] = None


class NewToken(Untold, frozen=True):
    """A token that was just made. `token` is shown this once: a repeated call gives null."""

    id: UUID
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
    command = CreateToken(data.name, data.scopes, data.site, data.expires_at)
    made = await tokens.create_token(call.actor, command, now=call.now)
    return NewToken(made.id, made.token)


@delete(
    "/tokens/{token_id:uuid}", scopes=("settings",), tag=TAG, errors=(RoleMissing, TokenNotFound)
)
async def revoke_token(call: Call, token_id: UUID) -> None:
    """Make an access token worthless, at once."""
    await tokens.revoke_token(call.actor, token_id, now=call.now)


ROUTES = [list_tokens, create_token, revoke_token]
