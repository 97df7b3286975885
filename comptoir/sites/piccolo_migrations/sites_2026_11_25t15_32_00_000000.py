from comptoir.core.migrations import raw

ID = "2026-11-25T15:32:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "one number for a day, a site and a reason"


async def forwards():
    return raw(
        ID,
        "sites",
        DESCRIPTION,
        "CREATE UNIQUE INDEX sites_visit_tally_once ON sites_visit_tally (site, day, reason)",
    )
