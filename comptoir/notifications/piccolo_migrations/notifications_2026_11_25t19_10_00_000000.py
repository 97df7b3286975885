from comptoir.core.migrations import raw

ID = "2026-11-25T19:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what dispatchers look for, and what the list of messages goes by"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "CREATE INDEX notifications_message_due ON notifications_message (next_attempt_at, id) "
        "WHERE status = 'queued'",
        "CREATE INDEX notifications_message_leased ON notifications_message (lease_until) "
        "WHERE status = 'sending'",
        "CREATE INDEX notifications_message_spent ON notifications_message (sent_at, currency) "
        "WHERE cost > 0",
        "CREATE INDEX notifications_message_reference ON notifications_message "
        "(gateway, reference) WHERE reference <> ''",
        "CREATE INDEX notifications_message_site_list ON notifications_message (site, id)",
        "CREATE INDEX notifications_message_state_list ON notifications_message (status, id)",
        "CREATE UNIQUE INDEX notifications_message_again ON notifications_message (again_of) "
        "WHERE again_of IS NOT NULL",
    )
