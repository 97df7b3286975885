from comptoir.core.migrations import raw

ID = "2026-11-25T19:10:10:000000"
VERSION = "1.38.0"
DESCRIPTION = "a site has one address, and may have had others"


async def forwards():
    return raw(
        ID,
        "sites",
        DESCRIPTION,
        "CREATE UNIQUE INDEX sites_slug_latest ON sites_slug (site) WHERE latest",
    )
