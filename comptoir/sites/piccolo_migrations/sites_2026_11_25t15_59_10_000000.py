from comptoir.core.migrations import raw

ID = "2026-11-25T15:59:10:000000"
VERSION = "1.38.0"
DESCRIPTION = "no row of an ANCT file makes two sites"


async def forwards():
    return raw(
        ID,
        "sites",
        DESCRIPTION,
        "CREATE UNIQUE INDEX sites_anct_once ON sites_site (anct_id) WHERE anct_id <> ''",
    )
