"""What the notifications mount: pages, calls, menu entries, and jobs."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from comptoir.core.web import NavItem
from comptoir.notifications import hook_pages
from comptoir.notifications.jobs import register_jobs

ROUTES: list[ControllerRouterHandler] = [*hook_pages.ROUTES]

NAVIGATION: list[NavItem] = []

register_jobs()
