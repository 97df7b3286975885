"""The roof: the application put together from its floors."""

from __future__ import annotations

from litestar import Litestar

from comptoir.core import logging
from comptoir.core.settings import Settings, load
from comptoir.core.web.plugin import WebShell

#: Packages with templates or static files, by the name these go by in addresses.
PACKAGES = {
    "core": "comptoir.core.web",
    "accounts": "comptoir.core.accounts",
    "sites": "comptoir.sites",
    "inventory": "comptoir.inventory",
    "lending": "comptoir.lending",
}


def create_app(settings: Settings | None = None) -> Litestar:
    """Build the application; without ``settings`` they are read from the environment."""
    settings = settings or load()
    logging.configure(settings)
    return Litestar(
        route_handlers=[],
        plugins=[WebShell(settings, PACKAGES, navigation=[])],
    )
