from comptoir.core.migrations import raw

ID = "2026-11-25T20:18:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "a wording has each version once"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "CREATE UNIQUE INDEX notifications_own_wording_version ON notifications_own_wording "
        "(kind, language, barest, version)",
    )
