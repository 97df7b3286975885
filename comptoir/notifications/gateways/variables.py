"""What a gateway needs of the environment: secrets stand nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlsplit

import msgspec

from comptoir.core.settings import SettingsInvalid
from comptoir.notifications.gateways.protocol import Terms

_PRICE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?) ([A-Z]{3})")
_PACE = re.compile(r"\d{1,4}(?:\.\d{1,2})?")
SHORTEST_SECRET = 20


class Variable(msgspec.Struct, frozen=True):
    """An environment variable of a gateway."""

    name: str
    about: str
    default: str = ""
    optional: bool = False


class Server(msgspec.Struct, frozen=True):
    """Where a server is, and by which scheme one speaks to it."""

    scheme: str
    host: str
    port: int


class Variables:
    """Reads the variables of one gateway, and refuses by name what is missing or wrong.

    ``gateway`` is a kind, such as ``kannel``, or one of several of that kind: ``kannel-lyon``
    reads ``COMPTOIR_KANNEL_LYON_URL`` where ``kannel`` reads ``COMPTOIR_KANNEL_URL``.
    """

    def __init__(self, given: Mapping[str, str], gateway: str) -> None:
        self.gateway = gateway
        self._given = given

    def name_of(self, variable: Variable) -> str:
        """What the variable is called for this gateway."""
        kind, _, which = self.gateway.upper().partition("-")
        start = f"COMPTOIR_{kind}_"
        return f"{start}{which}_{variable.name.removeprefix(start)}" if which else variable.name

    def text(self, variable: Variable) -> str:
        """A text as it stands there."""
        text = self._given.get(self.name_of(variable), "").strip() or variable.default
        if not text and not variable.optional:
            raise SettingsInvalid(f"{self.name_of(variable)} is not set. {variable.about}")
        return text

    def url(self, variable: Variable) -> str:
        """An address of HTTP, without a query."""
        text = self.text(variable)
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise SettingsInvalid(f"{self.name_of(variable)} must be an address. {variable.about}")
        return text

    def server(self, variable: Variable, ports: Mapping[str, int], what: str) -> Server:
        """``what`` is asked for; ``ports`` has the usual one of each scheme that may be written."""
        parts = urlsplit(self.text(variable))
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in ports or not parts.hostname or port == -1 or parts.username:
            name = self.name_of(variable)
            raise SettingsInvalid(f"{name} must be the address of {what}. {variable.about}")
        return Server(parts.scheme, parts.hostname, port or ports[parts.scheme])

    def secret(self, variable: Variable) -> str:
        """A secret that is not guessed, or an empty text where none is wanted."""
        text = self.text(variable)
        if text and len(text) < SHORTEST_SECRET:
            raise SettingsInvalid(
                f"{self.name_of(variable)} must have at least {SHORTEST_SECRET} characters."
            )
        return text

    def terms(self, pace: Variable, price: Variable | None = None) -> Terms:
        """How many messages a second, and what a part costs; nothing where that is unset."""
        return Terms(self._pace(pace), *(self._price(price) if price else ()))

    def _price(self, variable: Variable) -> tuple[int, str]:
        text = self.text(variable)
        if not text:
            return 0, ""
        found = _PRICE.fullmatch(text)
        if not found:
            raise SettingsInvalid(f"{self.name_of(variable)} must be a price. {variable.about}")
        return int(Decimal(found[1]) * 10_000), found[2]

    def _pace(self, variable: Variable) -> float:
        # Fewer than one is allowed, none is not.
        text = self.text(variable)
        if not _PACE.fullmatch(text) or float(text) == 0:
            raise SettingsInvalid(f"{self.name_of(variable)} must be a number such as 5 or 0.5.")
        return float(text)
