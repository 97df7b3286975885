"""The call list where people are: in a visit, and small at the desk."""

from __future__ import annotations

import msgspec

from comptoir.core.i18n import current_language
from comptoir.core.web.panels import Fill, Panel
from comptoir.notifications.calls.queries import count_calls, list_calls
from comptoir.notifications.calls.schemas import CallFilter
from comptoir.notifications.inbox.queries import count_asking
from comptoir.notifications.reminders.plans import OF_MOVES

#: Nobody is waited for at more sites than that.
_MOST = 5


async def at_desk(about: Fill) -> Panel | None:
    """How many are to be called for a site: those who asked for it, too."""
    counts = await count_calls(about.principal, site_id=about.subject_id, now=about.now)
    number = counts.now + await count_asking(about.principal, site_id=about.subject_id)
    return Panel("notifications/_calls_desk.html", number) if number else None


async def in_visit(about: Fill) -> Panel | None:
    """What somebody was to be called about, now that they are here.

    Each answer of the desk waits for it: one statement, where they were not to be called. Of moved
    due dates the visit speaks by itself.
    """
    wanted = CallFilter(state=None, borrower_id=about.subject_id, limit=_MOST)
    found = await list_calls(about.principal, wanted, language=current_language(), now=about.now)
    told = [
        msgspec.structs.replace(
            entry, scripts=tuple(each for each in entry.scripts if each.kind not in OF_MOVES)
        )
        for entry in found.entries
    ]
    shown = [entry for entry in told if entry.scripts]
    return Panel("notifications/_calls_visit.html", shown) if shown else None
