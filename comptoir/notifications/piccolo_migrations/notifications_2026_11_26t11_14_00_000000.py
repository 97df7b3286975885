from comptoir.core.migrations import raw

ID = "2026-11-26T11:14:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "a wording in full has versions of its own"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "DROP INDEX notifications_own_wording_version",
        "CREATE UNIQUE INDEX notifications_own_wording_version ON notifications_own_wording "
        "(kind, language, barest, in_full, version)",
    )
