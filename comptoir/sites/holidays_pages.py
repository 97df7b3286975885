"""The tick boxes of local holidays, below the list of closures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData
from comptoir.sites import queries
from comptoir.sites.chosen import today_at
from comptoir.sites.errors import PreviewOutdated
from comptoir.sites.exceptions.previews import Preview
from comptoir.sites.local_holidays import (
    KeepHolidays,
    keep_local_holidays,
    local_holidays_of,
    preview_local_holidays,
)

Page = Request[Principal, Any, Any]


@post("/settings/sites/{site_id:uuid}/holidays", guards=[require(Role.COORDINATOR)])
async def save_holidays(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """Keep what is ticked, or all; where that moves something, once what it does was seen."""
    data, now = await FormData.of(request), clock.now()
    site = await queries.site(site_id, request.user)
    offered = local_holidays_of(site, today=today_at(site, now=now))
    every = data.checked("all")
    kept = tuple(each.code for each in offered) if every else tuple(data.texts("kept"))
    version = data.whole("version") or 0
    preview = await preview_local_holidays(request.user, site_id, kept, now=now)
    seen = data.text("seen") or ("" if preview.consequences else preview.seen)
    if seen:
        command = KeepHolidays(kept, seen)
        try:
            await keep_local_holidays(request.user, site_id, command, version=version, now=now)
        except PreviewOutdated:
            preview = await preview_local_holidays(request.user, site_id, kept, now=now)
        else:
            return _saved(request, site_id, preview)
    return page(
        request,
        "sites/holidays_preview.html",
        site=site,
        version=version,
        kept=kept,
        changed=[each for each in offered if each.kept != (each.code in kept)],
        preview=preview,
        outdated=bool(seen),
    )


def _saved(request: Page, site_id: UUID, preview: Preview) -> Response[str]:
    moves = any(each.happens for each in preview.consequences)
    text = _("Saved. What was due then has moved with it.") if moves else _("Saved.")
    return redirect(request, f"/settings/sites/{site_id}/days", flash=Flash("ok", text))


ROUTES = [save_holidays]
