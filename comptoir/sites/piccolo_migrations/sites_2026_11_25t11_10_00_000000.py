from comptoir.core.migrations import raw

ID = "2026-11-25T11:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "no two exceptions of a site begin on one day"


async def forwards():
    return raw(
        ID,
        "sites",
        DESCRIPTION,
        "CREATE UNIQUE INDEX sites_exception_once ON sites_exception (site, first_day, yearly)",
    )
