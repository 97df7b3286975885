"""What tests of the rota begin with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sites.rota.world import Team, make_team


@pytest.fixture
async def team(database: Any) -> Team:
    return await make_team()
