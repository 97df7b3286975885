"""Why the code of a voucher cannot go to somebody's phone: higher floors, which send, know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from comptoir.core.settings import Settings
from comptoir.lending.refusals import RefusalCode

#: What is in the way of a text message with the code of an issue; None: nothing is.
Obstacle = Callable[[UUID], Awaitable[RefusalCode | None]]
_obstacles: list[Obstacle] = []


def let_object(obstacle: Obstacle) -> None:
    """Let a higher floor say why a code cannot be sent. Twice is the same as once."""
    if obstacle not in _obstacles:
        _obstacles.append(obstacle)


#: Whether, as the program is set up, no message leaves it.
Silence = Callable[[Settings], bool]
_silences: list[Silence] = []


def let_tell(silence: Silence) -> None:
    """Let a higher floor say that messages are only kept here. Twice is the same as once."""
    if silence not in _silences:
        _silences.append(silence)


def leaves_nothing(settings: Settings) -> bool:
    """Whether a text message that is written goes nowhere."""
    return any(silence(settings) for silence in _silences)


async def why_not_sent(issue_id: UUID) -> RefusalCode | None:
    """Why a text message with the code would not go, or not arrive, as far as is known."""
    for obstacle in _obstacles:
        if code := await obstacle(issue_id):
            return code
    return None
