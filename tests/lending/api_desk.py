"""A desk that is asked over the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from httpx import AsyncClient

from tests.http_client import client_of, use_token

CHECK_OUTS = "/api/v1/check-outs"
CHECK_INS = "/api/v1/check-ins"
LOANS = "/api/v1/loans"


@asynccontextmanager
async def program(*scopes: str, site_id: UUID | None = None) -> AsyncIterator[AsyncClient]:
    """Another program with an access token, reading English."""
    async with client_of() as client:
        await use_token(client, *scopes, site_id=site_id)
        yield client
