from comptoir.core.migrations import raw

ID = "2026-11-24T17:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "one role per person and site"


async def forwards():
    return raw(
        ID,
        "sites",
        DESCRIPTION,
        "CREATE UNIQUE INDEX sites_staff_member_once "
        "ON sites_staff_member (user_id, site) WHERE site IS NOT NULL",
        "CREATE UNIQUE INDEX sites_staff_member_everywhere_once "
        "ON sites_staff_member (user_id) WHERE site IS NULL",
    )
