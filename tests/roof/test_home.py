"""Where the bare address leads."""

from __future__ import annotations

from typing import Any

from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import client_of, sign_in


async def test_whoever_works_at_a_site_is_led_to_the_desk(database: Any) -> None:
    site = await make.site()
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=site.id))
        assert (await client.get("/")).headers["Location"] == "/desk"


async def test_the_first_administrator_is_led_to_where_a_site_is_added(database: Any) -> None:
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.ADMIN))
        answer = await client.get("/")
        assert answer.headers["Location"] == "/settings/sites"
        assert "/settings/organisations/new" in (await client.get("/settings/sites")).text
