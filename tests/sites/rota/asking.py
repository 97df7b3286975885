"""What tests of the rota ask of a team: its week, who is there, and what a command is."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from comptoir.core.errors import Invalid
from comptoir.sites.rota.schemas import AddShift, ChangeShift, RotaView
from comptoir.sites.rota.week import rota
from tests.sites.rota.world import MONDAY, TUESDAY, Team

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


async def week(team: Team, first: date = MONDAY) -> RotaView:
    return await rota(team.coordinator, team.site.id, first, first + timedelta(days=6))


async def at_work(team: Team, day: date) -> list[UUID]:
    """Who is on the rota that day."""
    found = await rota(team.coordinator, team.site.id, day, day)
    return [each.person for each in found.days[0].shifts]


def adding(team: Team, person: UUID, **values: object) -> AddShift:
    fields = {"day": TUESDAY, "starts": 540, "ends": 720, **values}
    return AddShift(site=team.site.id, person=person, **fields)  # type: ignore[arg-type]


def changing(person: UUID, **values: object) -> ChangeShift:
    fields = {"day": TUESDAY, "new_day": TUESDAY, "starts": 540, "ends": 1020, **values}
    return ChangeShift(person=person, **fields)  # type: ignore[arg-type]


def codes(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in refused.value.errors]
