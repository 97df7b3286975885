"""The page of the jobs, and the call for monitors."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response
from litestar import get as get_page

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.api import Call, PlainText, get
from comptoir.core.i18n import lazy as _l
from comptoir.core.jobs.listing import JobView, list_jobs
from comptoir.core.jobs.metrics import metrics_of
from comptoir.core.principal import Principal, Role
from comptoir.core.web import NavItem, page

Page = Request[Principal, Any, Any]


class Jobs(msgspec.Struct, frozen=True):
    """What the program does by itself."""

    items: list[JobView]


@get("/jobs", scopes=("settings",), tag="Operation")
async def read_jobs(call: Call) -> Jobs:
    """List what the program does by itself: when it ran, runs next, and failures in a row.

    A monitor looks for `failures` above 0, and for `late`: then no process runs the jobs.
    """
    return Jobs(await list_jobs(now=call.now))


@get("/metrics", scopes=("settings",), tag="Operation")
async def read_metrics(call: Call) -> PlainText:
    """Read the same as lines of Prometheus: failures, the last run and success, the next turn.

    Times are in seconds since 1970; 0 where it never ran.
    """
    return PlainText(metrics_of(await list_jobs(now=call.now)), "metrics.txt")


@get_page("/settings/jobs", guards=[require(Role.COORDINATOR)], include_in_schema=False)
async def jobs(request: Page) -> Response[str]:
    """When each job ran and runs next."""
    return page(request, "core/jobs.html", jobs=await list_jobs(now=clock.now()))


ROUTES = [read_jobs, read_metrics, jobs]
NAVIGATION = [
    NavItem(
        _l("Background work"),
        "/settings/jobs",
        Role.COORDINATOR,
        menu="settings",
        group="programs",
        hint=_l("What the program does by itself, and whether it does."),
    )
]
