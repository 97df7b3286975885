"""Where gateways tell what became of a message, and what came in."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import ANONYMOUS
from comptoir.core.web.shell import shell_of
from comptoir.core.web.texts import ANY_TEXT
from comptoir.notifications.gateways.configuration import read_hook
from comptoir.notifications.gateways.hooks import (
    LARGEST_DELIVERY,
    LARGEST_RETURNED,
    Delivery,
)
from comptoir.notifications.hook_calls import take_reply, take_report

AnyRequest = Request[Any, Any, Any]

_OPT = {**ANONYMOUS, **ANY_TEXT}


@route(
    "/hooks/{gateway:str}/reports",
    http_method=["GET", "POST", "PUT"],
    status_code=200,
    opt=_OPT,
    request_max_body_size=LARGEST_DELIVERY,
    include_in_schema=False,
)
async def report(request: AnyRequest, gateway: FromPath[str]) -> Response[str]:
    """A gateway reports. Kannel can only do so by GET, and Swisscom by PUT."""
    await take_report(gateway, read_hook(gateway), await _delivery(request), now=clock.now())
    return _thanks()


@route(
    "/hooks/{gateway:str}/returned",
    http_method=["POST"],
    status_code=200,
    opt=_OPT,
    request_max_body_size=LARGEST_RETURNED,
    include_in_schema=False,
)
async def returned(request: AnyRequest, gateway: FromPath[str]) -> Response[str]:
    """A mail server hands on an e-mail that came back."""
    await take_report(
        gateway,
        read_hook(gateway),
        await _delivery(request),
        now=clock.now(),
        largest=LARGEST_RETURNED,
    )
    return _thanks()


@route(
    "/hooks/{gateway:str}/messages",
    http_method=["GET", "POST"],
    status_code=200,
    opt=_OPT,
    request_max_body_size=LARGEST_DELIVERY,
    include_in_schema=False,
)
async def message(request: AnyRequest, gateway: FromPath[str]) -> Response[str]:
    """A gateway passes on what a phone sent."""
    await take_reply(gateway, read_hook(gateway), await _delivery(request), now=clock.now())
    return _thanks()


async def _delivery(request: AnyRequest) -> Delivery:
    body = b"" if request.method == "GET" else await request.body()
    query = request.scope["query_string"]
    url = shell_of(request.app).settings.base_url + request.url.path
    if query:
        url += f"?{query.decode('latin-1')}"
    return Delivery(query, body, dict(request.headers), url)


def _thanks() -> Response[str]:
    # With words in it, Kannel would send these to the phone.
    return Response("", media_type="text/plain")


ROUTES: list[HTTPRouteHandler] = [report, returned, message]
