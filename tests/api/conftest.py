"""What tests of the API begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from tests.http_client import client_of
from tests.lending.counter import Desk


@pytest.fixture
async def desk(database: Any) -> Desk:
    """A counter where one laptop is lent."""
    return await Desk().set_up()


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[AsyncClient]:
    """A program without an access token."""
    async with client_of() as client:
        yield client
