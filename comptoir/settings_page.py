"""The page that leads to everything which is set: each floor adds its entries to it."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from comptoir.core.accounts.guards import require
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Role
from comptoir.core.web import NavItem, page
from comptoir.core.web.navigation import settings_groups
from comptoir.core.web.shell import shell_of

NAVIGATION = [NavItem(_l("Settings"), "/settings", Role.COORDINATOR, also=("/staff",))]


@get("/settings", guards=[require(Role.COORDINATOR)])
async def settings(request: Request[Any, Any, Any]) -> Response[str]:
    """What the person may set, by subject."""
    groups = settings_groups(shell_of(request.app).navigation, request.user)
    return page(request, "core/settings.html", groups=groups)


ROUTES = [settings]
