"""Which gateway carries a message: by channel and country, and another one after a failure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comptoir.notifications.channels import Channel
from comptoir.notifications.gateways.protocol import Gateway


class Route(msgspec.Struct, frozen=True):
    """A gateway and the prefixes of the numbers that it carries; none are all numbers."""

    gateway: Gateway
    prefixes: tuple[str, ...] = ()

    def carries(self, channel: Channel, address: str) -> bool:
        """True if the gateway is for that channel, and for that address in it."""
        if channel not in self.gateway.channels:
            return False
        return not self.prefixes or address.startswith(self.prefixes)


def choose(
    routes: Sequence[Route], channel: Channel, address: str, *, attempts: int
) -> Gateway | None:
    """The gateway for the next attempt, after so many; None if there is none for the address.

    Each attempt goes to the next of those that carry it, and then to the first again.
    """
    fit = [route.gateway for route in routes if route.carries(channel, address)]
    return fit[attempts % len(fit)] if fit else None
