"""The document for programs at ``/api/v1/openapi.json``, and for people at ``/api/docs``.

The page is made on the server from the same document: no script, nothing from
elsewhere, and it reads well on a phone, in print and aloud.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get

from comptoir import __version__
from comptoir.core.accounts.guards import PUBLIC
from comptoir.core.api.document import document
from comptoir.core.api.operations import JSON, PREFIX, Operation
from comptoir.core.api.reading import read_document
from comptoir.core.web import page

AnyRequest = Request[Any, Any, Any]


@get(f"{PREFIX}/openapi.json", opt=PUBLIC)
async def openapi(request: AnyRequest) -> Response[bytes]:
    """The OpenAPI document of this version."""
    return Response(msgspec.json.encode(document_of(request.app)), media_type=JSON)


@get("/api/docs", opt=PUBLIC)
async def reference(request: AnyRequest) -> Response[str]:
    """The same, to read."""
    shown = read_document(document_of(request.app))
    return page(request, "core/api_reference.html", reference=shown)


def document_of(app: Litestar) -> dict[str, Any]:
    """The document of an application, made once."""
    described: dict[str, Any] | None = app.state.get("api_document")
    if described is None:
        described = app.state["api_document"] = document(operations(app), version=__version__)
    return described


def operations(app: Litestar) -> list[Operation]:
    """Every declared call of an application, by tag and path."""
    handlers = (handler for route in app.routes for handler in getattr(route, "route_handlers", ()))
    found = [handler.opt["operation"] for handler in handlers if "operation" in handler.opt]
    return sorted(found, key=lambda each: (each.tag, each.path, each.method))


ROUTES = [openapi, reference]
