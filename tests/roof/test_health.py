"""``GET /healthz`` and what makes it say no."""

from __future__ import annotations

from typing import Any

import pytest
from piccolo.apps.migrations.tables import Migration

from comptoir.core import db, vault
from comptoir.core.vault import Vault
from tests import factories
from tests.http_client import client_of


async def health() -> tuple[int, Any]:
    async with client_of() as client:
        answer = await client.get("/healthz")
        return answer.status_code, answer.json()


async def test_a_migrated_database_is_healthy(database: Any) -> None:
    assert await health() == (200, {"status": "ok"})


async def test_a_database_of_an_older_version_is_not(database: Any) -> None:
    await Migration.delete().where(Migration.app_name == "lending")
    assert await health() == (503, {"status": "unavailable"})


async def test_a_process_without_a_key_that_is_in_use_is_not(database: Any) -> None:
    """It starts before a rotation, and is left behind by it."""
    batch = await factories.voucher_batch(
        await factories.voucher_kind(), site_id=(await factories.site()).id
    )
    await factories.voucher(batch)
    assert await health() == (200, {"status": "ok"})
    vault.use(Vault(["another key, which nothing was sealed with so far"]))
    assert await health() == (503, {"status": "unavailable"})


async def test_a_database_out_of_reach_is_not() -> None:
    db.connect("postgres://nobody@127.0.0.1:1/nothing")
    try:
        assert await health() == (503, {"status": "unavailable"})
    finally:
        await db.disconnect()


@pytest.mark.parametrize("path", ["/healthz", "/sign-in", "/api/docs", "/nowhere"])
async def test_head_is_answered_like_get_without_a_body(database: Any, path: str) -> None:
    async with client_of() as client:
        head, got = await client.head(path), await client.get(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-type"] == got.headers["content-type"]
