"""The bare address: the desk, for whoever works there."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from comptoir.core.accounts.guards import require
from comptoir.core.principal import Role
from comptoir.core.web import redirect


@get("/", guards=[require(Role.RECEPTION)], include_in_schema=False)
async def home(request: Request[Any, Any, Any]) -> Response[str]:
    """Go to the desk; nobody signed in is asked to sign in first."""
    return redirect(request, "/desk")


ROUTES = [home]
