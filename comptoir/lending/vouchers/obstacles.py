"""Why the code of a voucher cannot go to somebody's phone: higher floors, which send, know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from comptoir.lending.refusals import RefusalCode

#: What is in the way of a text message with the code of an issue; None: nothing is.
Obstacle = Callable[[UUID], Awaitable[RefusalCode | None]]
_obstacles: list[Obstacle] = []


def let_object(obstacle: Obstacle) -> None:
    """Let a higher floor say why a code cannot be sent. Twice is the same as once."""
    if obstacle not in _obstacles:
        _obstacles.append(obstacle)


async def why_not_sent(issue_id: UUID) -> RefusalCode | None:
    """Why a text message with the code would not go, or not arrive, as far as is known."""
    for obstacle in _obstacles:
        if code := await obstacle(issue_id):
            return code
    return None
