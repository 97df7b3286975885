"""The sample application, over the test client and in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from playwright.sync_api import Browser

from tests.browser import chromium, serving
from tests.core.web.sample import Desk, sample_app


@pytest.fixture(scope="module")
def app() -> Litestar:
    """One sample application for the tests of a module."""
    return sample_app()


@pytest.fixture
def client(app: Litestar) -> Iterator[TestClient[Litestar]]:
    """Speaks English, follows no redirect."""
    with TestClient(app, raise_server_exceptions=False) as client:
        client.headers["Accept-Language"] = "en"
        client.follow_redirects = False
        yield client


@pytest.fixture(scope="module")
def url(app: Litestar) -> Iterator[str]:
    """Where that application is served."""
    with serving(app) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(app: Litestar) -> Desk:
    """What the sample desk was sent, from now on."""
    desk: Desk = app.state.desk
    desk.sent.clear()
    desk.moods.clear()
    return desk
