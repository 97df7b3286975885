"""Gateways for tests: they keep what they were given, and answer as told."""

from __future__ import annotations

from collections.abc import Callable

from comptoir.notifications.channels import Channel
from comptoir.notifications.gateways.protocol import Accepted, Answer, Outgoing, Terms, Unknown


class RecordingGateway:
    """Keeps each message; ``answers`` says what to answer, accepted where it is silent."""

    def __init__(
        self,
        answers: Callable[[Outgoing], Answer] = lambda message: Accepted(f"ref-{message.id}"),
        *,
        name: str = "recording",
        channels: frozenset[Channel] = frozenset({Channel.SMS}),
        per_second: float = 1000.0,
        part_price: int = 0,
        currency: str = "CHF",
        known: Callable[[Outgoing], Answer] = lambda message: Unknown(),
    ) -> None:
        self.name = name
        self.channels = channels
        self.terms = Terms(per_second, part_price, currency)
        self.sent: list[Outgoing] = []
        self._answers = answers
        self._known = known

    async def send(self, message: Outgoing) -> Answer:
        """Keep it, then answer."""
        self.sent.append(message)
        return self._answers(message)

    async def ask(self, message: Outgoing) -> Answer:
        """What the test says that it knows."""
        return self._known(message)
