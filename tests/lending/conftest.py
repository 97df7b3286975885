"""What tests of lending begin with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lending.counter import Desk


@pytest.fixture
async def desk(database: Any) -> Desk:
    """A counter where one laptop is lent."""
    return await Desk().set_up()
