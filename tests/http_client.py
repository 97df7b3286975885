"""The real application over HTTP, in this process, with somebody signed in.

async with client_of() as client:
    await sign_in(client, await factories.user(role=Role.ADMIN))
    answer = await client.get("/items")
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar
from litestar.types import ControllerRouterHandler

from comptoir import app as roof
from comptoir.core import clock
from comptoir.core.accounts import credentials, tokens
from comptoir.core.accounts.tables import Session, User
from comptoir.core.principal import SYSTEM
from comptoir.core.settings import Settings
from tests.keys import VOUCHER_KEY

#: Of every application made by a test. The secret is nobody's.
SETTINGS = Settings(secret="a secret for tests alone, 32 or more", voucher_keys=(VOUCHER_KEY,))
ORIGIN = "http://127.0.0.1:8000"


def make_app(*handlers: ControllerRouterHandler, settings: Settings = SETTINGS) -> Litestar:
    """The whole application, and handlers that only a test has."""
    app = roof.create_app(settings)
    for handler in handlers:
        app.register(handler)
    return app


@cache
def shared_app() -> Litestar:
    """The whole application, built once for a worker: that takes longer than most tests.

    It keeps nothing of a request. Only one that is made anew may be served or changed.
    """
    return make_app()


@asynccontextmanager
async def client_of(app: Litestar | None = None) -> AsyncIterator[AsyncClient]:
    """A browser without JavaScript: it keeps cookies, and says where forms come from.

    Without ``app`` it is a client of the shared one. The application's lifespan is not
    entered: the test has connected the database.
    """
    async with AsyncClient(
        transport=ASGITransport(cast(Any, app or shared_app()), client=("127.0.0.1", 50_000)),
        base_url=ORIGIN,
        headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"},
    ) as client:
        yield client


async def sign_in(
    client: AsyncClient,
    user: User,
    *,
    method: str = "password",
    site_id: UUID | None = None,
    now: datetime | None = None,
) -> Session:
    """Give the client a session of the person; the pages for it are not asked."""
    now = now or clock.now()
    token = credentials.new_token()
    session = Session(
        user=user.id,
        token_hash=credentials.token_hash(token),
        method=method,
        site_id=site_id,
        created_at=now,
        last_seen_at=now,
        authenticated_at=now,
        expires_at=now + timedelta(hours=12),
    )
    await session.save()
    set_cookie(client, "session", token)
    return session


def set_cookie(client: AsyncClient, name: str, value: str) -> None:
    """Put a cookie into the client in the place of one the server set."""
    client.cookies.set(name, value, domain="127.0.0.1", path="/")


async def use_token(
    client: AsyncClient, *scopes: str, site_id: UUID | None = None, now: datetime | None = None
) -> str:
    """Give the client an access token with these scopes."""
    made = await tokens.create_token(
        SYSTEM,
        tokens.CreateToken(name="Test", scopes=tuple(scopes), site_id=site_id),
        now=now or clock.now(),
    )
    client.headers["Authorization"] = f"Bearer {made.token}"
    return made.token


def codes(response: Response) -> Sequence[str]:
    """The codes of a problem+json answer: its own, then those of its fields."""
    body: Any = response.json()
    return [body["code"], *(error["code"] for error in body.get("errors", []))]
