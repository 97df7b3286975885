"""The start from a file of the ANCT, for other programs."""

from __future__ import annotations

from comptoir.core.api import Call, post
from comptoir.sites.errors import OrganisationNotFound, SitesForbidden
from comptoir.sites.open_data import imports
from comptoir.sites.open_data.anct_table import LARGEST_FILE
from comptoir.sites.open_data.imports import (
    ImportInvalid,
    ImportSites,
    SitesChangedMeanwhile,
    SitesImported,
)


@post(
    "/site-imports",
    scopes=("settings",),
    tag="Sites",
    status=201,
    errors=(SitesForbidden, OrganisationNotFound, ImportInvalid, SitesChangedMeanwhile),
    largest_body=LARGEST_FILE,
)
async def import_sites(call: Call, data: ImportSites) -> SitesImported:
    """Make sites from a CSV of the French standard "lieux de médiation numérique" v1.0.2.

    Everything in it becomes a site, or nothing does: all that is wrong with the rows is said at
    once, with `line` and `column`. Of more than a hundred errors the first hundred come;
    `details.wrong` counts all. A row whose `id` was imported before is passed over, so that
    the same file may come again. The sites are not published until somebody has looked at
    them.
    """
    return await imports.import_sites(
        call.actor, data.organisation, data.csv.encode(), now=call.now
    )


ROUTES = [import_sites]
