"""Every route of the real application says who may call it."""

from __future__ import annotations

from collections.abc import Iterator

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from comptoir.core.accounts.guards import declarations, is_public
from tests.http_client import shared_app


def handlers(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Method, path pattern and handler of every route."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                    yield method, route.path_format, handler


def test_every_handler_says_who_may_call_it() -> None:
    silent = [
        f"{method} {path}"
        for method, path, handler in handlers(shared_app())
        if not (is_public(handler) or declarations(handler))
    ]
    assert silent == []


def test_the_walk_finds_the_handlers() -> None:
    found = {f"{method} {path}" for method, path, _ in handlers(shared_app())}
    assert {"GET /healthz", "POST /language"} <= found
