from comptoir.core.migrations import raw

ID = "2026-11-25T14:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what holds of skills and the rota whoever writes them"


async def forwards():
    return raw(
        ID,
        "sites",
        DESCRIPTION,
        "CREATE UNIQUE INDEX sites_staff_skill_language_once "
        "ON sites_staff_skill (user_id, language) WHERE competence IS NULL",
        "CREATE UNIQUE INDEX sites_staff_skill_competence_once "
        "ON sites_staff_skill (user_id, competence) WHERE competence IS NOT NULL",
        "CREATE UNIQUE INDEX sites_shift_skip_once ON sites_shift_skip (shift, day)",
        "CREATE UNIQUE INDEX sites_shift_offer_once "
        "ON sites_shift_offer (shift, day) WHERE taken_by IS NULL",
        "CREATE UNIQUE INDEX sites_calendar_link_of_user "
        "ON sites_calendar_link (user_id) WHERE user_id IS NOT NULL",
        "CREATE UNIQUE INDEX sites_calendar_link_of_site "
        "ON sites_calendar_link (site) WHERE site IS NOT NULL",
    )
