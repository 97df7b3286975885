"""One served application and one Chromium for a module; a counter of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import chromium
from tests.databases import apart, copy_database, drop_database
from tests.e2e.world import Counter, World, open_counter, signed_in_page, the_world


@pytest.fixture(scope="module")
def world(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The real application, served from a fresh database."""
    url = apart(copy_database(template, tmp_path_factory.mktemp("e2e")))
    with the_world(url) as world:
        yield world
    apart(drop_database(url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def counter(world: World) -> Counter:
    """Rows that no other test uses."""
    return world.run(open_counter())


@pytest.fixture
def page(browser: Browser, world: World, counter: Counter) -> Iterator[Page]:
    """The desk, open, with somebody signed in."""
    page = signed_in_page(browser, world, counter.token)
    page.goto("/desk")
    page.wait_for_selector("#scan:focus")
    yield page
    page.context.close()
