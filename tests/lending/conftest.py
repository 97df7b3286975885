"""What tests of lending begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.lending.closing import Closing
from tests.lending.counter import Desk
from tests.lending.reception import Reception


@pytest.fixture
async def desk(database: Any) -> Desk:
    """A counter where one laptop is lent."""
    return await Desk().set_up()


@pytest.fixture
async def reception(database: Any) -> AsyncIterator[Reception]:
    """Reception at the pages of the desk, signed in."""
    reception = await Reception().set_up()
    async with client_of() as reception.client:
        user = await make.user(role=Role.RECEPTION, site_id=reception.site.id)
        await sign_in(reception.client, user, site_id=reception.site.id)
        yield reception


@pytest.fixture
async def closure(desk: Desk, now: datetime) -> Closing:
    """A desk whose coordinator announces that it is shut, and takes that back."""
    actor = await make.principal(Role.COORDINATOR, desk.site.id)
    return Closing(desk, actor, now)
