"""Scanning one item after another in a real browser: no scan waits for the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from comptoir.core import clock, db, migrations
from comptoir.core.accounts import credentials
from comptoir.core.accounts.tables import Session
from comptoir.core.principal import Role
from tests import factories
from tests.browser import chromium, open_page, serving
from tests.http_client import make_app


async def _prepare(url: str) -> str:
    """A migrated database with one model and a signed-in coordinator; gives the token."""
    db.connect(url)
    try:
        await migrations.migrate()
        site = await factories.site()
        await factories.model()
        user = await factories.user(role=Role.COORDINATOR, site_id=site.id, language="en")
        token, now = credentials.new_token(), clock.now()
        await Session(
            user=user.id,
            token_hash=credentials.token_hash(token),
            method="password",
            site_id=site.id,
            created_at=now,
            last_seen_at=now,
            authenticated_at=now,
            expires_at=now + timedelta(hours=1),
        ).save()
    finally:
        await db.disconnect()
    return token


@pytest.fixture
def signed_in(tmp_path: Path) -> Iterator[tuple[str, str]]:
    url = f"sqlite:///{tmp_path / 'several.sqlite'}"
    token = asyncio.run(_prepare(url))
    db.connect(url)
    with serving(make_app()) as base:
        yield base, token


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_a_scanner_fills_the_list_without_waiting(
    signed_in: tuple[str, str], browser: Browser
) -> None:
    base, token = signed_in
    page = open_page(browser, base)
    page.context.add_cookies([{"name": "session", "value": token, "url": base}])
    page.goto("/items/several")
    page.select_option("#model", index=1)
    expect(page.locator("#scan")).to_be_focused()
    for number in range(12):  # as a USB scanner types: all at once, closed by Enter
        page.keyboard.type(f"PF{number:03}")
        page.keyboard.press("Enter")
    expect(page.locator("#numbers-list li")).to_have_count(12)
    expect(page.locator("#scan")).to_be_focused()

    page.keyboard.type("pf003")
    page.keyboard.press("Enter")
    expect(page.locator("#several-message")).to_contain_text("pf003")
    expect(page.locator("#numbers-list li")).to_have_count(12)

    page.get_by_role("button", name="Bring all of them in").click()
    expect(page.locator("h1")).to_have_text("Print labels")
    expect(page.locator("p.lead")).to_contain_text("12")
