"""What tests of giving vouchers begin with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lending.vouchers.drawer import Drawer


@pytest.fixture
async def drawer(database: Any) -> Drawer:
    """A drawer of one kind, with nothing in it yet."""
    return await Drawer().set_up()
