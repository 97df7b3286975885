"""What the notifications mount: pages, calls, menu entries, and jobs."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from comptoir.core.web import NavItem
from comptoir.notifications.jobs import register_jobs

ROUTES: list[ControllerRouterHandler] = []

NAVIGATION: list[NavItem] = []

register_jobs()
