"""The roof: the application put together from its floors."""

from __future__ import annotations

from litestar import Litestar


def create_app() -> Litestar:
    """Build the application from the environment's settings."""
    return Litestar()
