"""All handlers registered together, and one of them for OPTIONS.

One after the other, Litestar looks each time through all that there are, and makes a
handler for OPTIONS for each address: with these 250 that was 3 MB of each worker and a
fifth of its start.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from litestar import Response, Router, route
from litestar.config.app import AppConfig
from litestar.enums import HttpMethod, MediaType
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import HTTPRouteHandler
from litestar.plugins import InitPlugin
from litestar.status_codes import HTTP_204_NO_CONTENT
from litestar.types import ControllerRouterHandler
from litestar.types.internal_types import RouteHandlerMapItem


class RegisterTogether(InitPlugin):
    """The last of the plugins: it takes what the others brought."""

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Put the handlers into one router."""
        single: list[HTTPRouteHandler] = []
        others: list[ControllerRouterHandler] = []
        for each in app_config.route_handlers:
            if isinstance(each, HTTPRouteHandler):
                single.append(each)
            else:
                others.append(each)
        app_config.route_handlers = [_Together(single), *others]
        return app_config


@route(
    http_method=HttpMethod.OPTIONS,
    status_code=HTTP_204_NO_CONTENT,
    media_type=MediaType.TEXT,
    include_in_schema=False,
)
async def _options() -> Response[None]:
    # The shell's headers name the other methods of the address beside it.
    return Response(None, headers={"Allow": "OPTIONS"})


class _Together(Router):
    """A router that says what is where, without a route of its own for each."""

    def __init__(self, handlers: Iterable[HTTPRouteHandler]) -> None:
        super().__init__("/", route_handlers=())
        self._handlers = [self._owned(handler) for handler in handlers]
        self._options = self._owned(_options)

    def __deepcopy__(self, memo: dict[int, Any]) -> _Together:
        return self  # it is one application's already, and so are its handlers

    @property
    def route_handler_method_map(self) -> dict[str, RouteHandlerMapItem]:
        """Handlers by address and method."""
        found: dict[str, RouteHandlerMapItem] = {}
        for handler in self._handlers:
            for path in handler.paths:
                at = found.setdefault(path, {"OPTIONS": self._options})
                for method in handler.http_methods:
                    if at.setdefault(method, handler) is not handler:
                        raise ImproperlyConfiguredException(f"two handlers for {method} {path}")
        return found

    def _owned(self, handler: HTTPRouteHandler) -> HTTPRouteHandler:
        own = copy(handler)
        own.owner = self
        return own
