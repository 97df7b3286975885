"""The bare address: the desk; before there is any site, the page where the first is added."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from comptoir.core.accounts.guards import require
from comptoir.core.principal import Role
from comptoir.core.web import redirect


@get("/", guards=[require(Role.RECEPTION)], include_in_schema=False)
async def home(request: Request[Any, Any, Any]) -> Response[str]:
    """Go to the desk; nobody signed in is asked to sign in first."""
    begins = request.user.site_id is None and request.user.has_role(Role.COORDINATOR)
    return redirect(request, "/settings/sites" if begins else "/desk")


ROUTES = [home]
