"""A client of the real application, and keys that match its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.accounts import passwords
from comptoir.core.keys import Keyring
from tests.http_client import SETTINGS, client_of

#: Fit to be a password, and nobody's name.
PASSWORD = "correct horse battery"


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


@pytest.fixture(scope="session")
def keys() -> Keyring:
    return Keyring(SETTINGS.secret)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of ``PASSWORD``, made once: each takes a while."""
    return passwords._hasher.hash(PASSWORD)
