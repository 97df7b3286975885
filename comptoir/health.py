"""``GET /healthz``: whether this process can serve, for whoever restarts or routes to it."""

from __future__ import annotations

from litestar import Response, get

from comptoir.core import db, migrations
from comptoir.core.accounts.guards import ANONYMOUS
from comptoir.core.vault import KeyMissing
from comptoir.inventory.vouchers.rotation import need_keys


@get("/healthz", opt=ANONYMOUS, include_in_schema=True, operation_id="health", tags=["operations"])
async def healthz() -> Response[dict[str, str]]:
    """Say `ok`, or answer 503: the database is out of reach, a migration has not run, or a key of
    vouchers that is in use was not given to this process.

    Anybody may ask, so it tells nothing else; `comptoir check` does.
    """
    try:
        healthy = not await migrations.pending()
        if healthy:
            await need_keys()
    except db.UnreachableErrors:
        healthy = False
    except KeyMissing:
        healthy = False
    return Response(
        {"status": "ok" if healthy else "unavailable"},
        status_code=200 if healthy else 503,
        headers={"Cache-Control": "no-store"},
    )
