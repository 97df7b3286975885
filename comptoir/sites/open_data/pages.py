"""Published sites for other programs: files at fixed addresses, for everybody."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get

from comptoir.core.accounts.guards import ANONYMOUS
from comptoir.core.web.shell import shell_of
from comptoir.sites.open_data import data_inclusion, geojson
from comptoir.sites.open_data.anct import anct_csv
from comptoir.sites.open_data.places import OpenPlace, open_places

Page = Request[Any, Any, Any]

#: Caches may keep a file for an hour; maps on other sites may read it.
_HEADERS = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
_JSON = "application/json"


@get("/places/anct.csv", opt=ANONYMOUS, include_in_schema=False)
async def anct_file(request: Page) -> Response[bytes]:
    """The French sites, for the national map."""
    return _file(anct_csv(await _places(request)), "text/csv")


@get("/places/places.geojson", opt=ANONYMOUS, include_in_schema=False)
async def geojson_file(request: Page) -> Response[bytes]:
    """The sites whose coordinates are known, for maps."""
    return _json(geojson.feature_collection(await _places(request)), geojson.MEDIA_TYPE)


@get("/places/data-inclusion/structures.json", opt=ANONYMOUS, include_in_schema=False)
async def structures_file(request: Page) -> Response[bytes]:
    """The French sites, for data·inclusion."""
    return _json(data_inclusion.structures(await _places(request)))


@get("/places/data-inclusion/services.json", opt=ANONYMOUS, include_in_schema=False)
async def services_file(request: Page) -> Response[bytes]:
    """What the French sites offer, for data·inclusion."""
    return _json(data_inclusion.services(await _places(request)))


async def _places(request: Page) -> list[OpenPlace]:
    return await open_places(shell_of(request.app).settings.base_url)


def _json(value: Any, media_type: str = _JSON) -> Response[bytes]:
    return _file(msgspec.json.encode(value), media_type)


def _file(content: bytes, media_type: str) -> Response[bytes]:
    return Response(content, media_type=media_type, headers=_HEADERS)


ROUTES = [anct_file, geojson_file, structures_file, services_file]
