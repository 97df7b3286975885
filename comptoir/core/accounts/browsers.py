"""Where a request comes from: its address, and a browser we have seen before."""

from __future__ import annotations

import hmac
import re
import secrets
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import msgspec

from comptoir.core.keys import Keyring
from comptoir.core.vault import Untold

COOKIE = "browser"
#: A year, in seconds.
KEPT_FOR = 365 * 24 * 3600
#: People of a shared desk that one browser remembers; the longest ago drops out.
MOST_PEOPLE = 30
#: One for each of them, and one that somebody has been here.
_MOST_MARKS = MOST_PEOPLE + 1
#: No account is called that.
_ANYBODY = ""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


class KnownBrowser(Untold, frozen=True):
    """The long-lived cookie: a random name, a mark for each account signed in to, and one for all.

    A mark is an HMAC over both, so the cookie names nobody, and a copied or
    made-up one opens nothing: it only gets a counter of its own.
    """

    name: str
    marks: tuple[str, ...] = ()

    @classmethod
    def read(cls, value: str | None) -> KnownBrowser:
        """The browser of a cookie's value; a new one if there is none."""
        name, *marks = (value or "").split(".")
        if not re.fullmatch(r"[\w-]{22}", name, re.ASCII):
            return cls(secrets.token_urlsafe(16))
        return cls(name, tuple(marks[:_MOST_MARKS]))

    def knows(self, keys: Keyring, login: str) -> bool:
        """True if this browser has been signed in to the account before."""
        mark = self._mark(keys, login)
        return any(hmac.compare_digest(mark, known) for known in self.marks if known.isascii())

    def knows_anybody(self, keys: Keyring) -> bool:
        """True if anybody has signed in at this browser."""
        return self.knows(keys, _ANYBODY)

    def with_account(self, keys: Keyring, login: str) -> KnownBrowser:
        """The same browser, now knowing the account."""
        new = (self._mark(keys, _ANYBODY), self._mark(keys, login))
        others = tuple(known for known in self.marks if known not in new)
        return KnownBrowser(self.name, (*new, *others)[:_MOST_MARKS])

    @property
    def value(self) -> str:
        """What the cookie holds."""
        return ".".join((self.name, *self.marks))

    def _mark(self, keys: Keyring, login: str) -> str:
        return keys.mac("known-browser", f"{self.name}:{login}")[:32]


class Origin(msgspec.Struct, frozen=True):
    """Where somebody tries to sign in from."""

    address: str
    browser: KnownBrowser
    description: str = ""


def describe(user_agent: str) -> str:
    """ "Firefox, Windows": enough to know one's own browser again, no more."""
    words = (
        next((name for mark, name in table if mark in user_agent), "")
        for table in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(word for word in words if word)


def client_address(peer: str | None, forwarded_for: str, trusted: tuple[str, ...]) -> str:
    """The address a request really comes from.

    ``X-Forwarded-For`` is believed from a trusted peer alone, from right to
    left, up to the first address that is not trusted: what is further left
    anybody may have written. ``trusted`` holds addresses or networks. Of IPv6
    the first 64 bits count, for one household has them all.
    """
    chain = [part.strip() for part in forwarded_for[-1000:].split(",") if part.strip()]
    current = peer or "local"
    while chain and _is_trusted(current, trusted):
        current = chain.pop()
    parsed = _parse(current)
    if parsed is None:
        return "unknown" if current != "local" else current
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)


def _is_trusted(host: str, trusted: tuple[str, ...]) -> bool:
    if host == "local":  # a Unix socket: only a proxy on this machine can reach it
        return bool(trusted)
    parsed = _parse(host)
    return parsed is not None and any(
        parsed in ip_network(network, strict=False) for network in trusted
    )


def _parse(host: str) -> IPv4Address | IPv6Address | None:
    bare = host.removeprefix("[").partition("]")[0] if host.startswith("[") else host
    if bare.count(":") == 1:  # "203.0.113.7:4711", as some proxies write it
        bare = bare.partition(":")[0]
    try:
        parsed = ip_address(bare)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
