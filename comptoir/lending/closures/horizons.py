"""What could not be brought back in the time of its lending rule, if a door stayed shut so long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.i18n import gettext as _
from comptoir.core.idempotency import fingerprint
from comptoir.core.web.formats import format_day
from comptoir.core.web.panels import Panel
from comptoir.inventory.names import read_names
from comptoir.lending.closures.planning import calendars_of
from comptoir.lending.due_dates import new_shut_stretches, outlasts_horizon
from comptoir.lending.policies.queries import VIEW_COLUMNS, policy_view
from comptoir.lending.policies.schemas import PolicyView
from comptoir.lending.policies.words import length_in_words, name_in
from comptoir.sites import calendars
from comptoir.sites.calendar import DayException
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Consequence, Plan
from comptoir.sites.opening_hours import ONE_DAY, SEARCH_DAYS

#: A stable name, as those of refusals are.
KIND = "lending.no-open-day-in-horizon"

_SITES = f"""
SELECT site.id AS site_id, site.name, {calendars.COLUMNS} FROM sites_site site
WHERE site.id IN :sites ORDER BY site.name, site.id
"""
#: The rules for what a site has of its own.
_RULES = f"""
SELECT site.id AS site_id, category.names, {VIEW_COLUMNS}
FROM sites_site site
CROSS JOIN inventory_category category
JOIN lending_policy policy ON policy.category = category.id
WHERE site.id IN :sites AND category.active AND EXISTS (
    SELECT 1 FROM inventory_item item JOIN inventory_model model ON model.id = item.model
    WHERE item.home_site = site.id AND model.category = category.id AND item.status <> 'retired')
ORDER BY category.position, category.id, policy.length, policy.id
"""


class KeptTooLong(msgspec.Struct, frozen=True):
    """Days, both included, on which a site is shut, and the rules whose horizon they outlast.

    ``last`` is None where no open day is in sight. ``rules`` are categories, each with its
    lengths in words.
    """

    site: str
    first: date
    last: date | None
    rules: tuple[tuple[str, str], ...]

    def sentence(self) -> str:
        """What that means, in the reader's language; without the rules."""
        first = format_day(self.first, "long")
        if self.last is None:
            return _(
                "%(site)s would have no open day in sight from %(first)s on, so that nothing "
                "could be lent there.",
                site=self.site,
                first=first,
            )
        return _(
            "%(site)s would be shut from %(first)s to %(last)s. Whoever borrows just before "
            "keeps it all that time, far longer than these lending rules say.",
            site=self.site,
            first=first,
            last=format_day(self.last, "long"),
        )

    def text(self) -> str:
        """The sentence, with the rules."""
        rules = ", ".join(f"{name} ({length})" for name, length in self.rules)
        return _("%(label)s: %(value)s", label=self.sentence().rstrip("."), value=f"{rules}.")


async def kept_too_long(plan: Plan) -> Consequence | None:
    """Which lending rules a plan leaves without an open day in their horizon.

    It is a warning and no refusal: a door that is shut for a long time is said to be.
    """
    found = []
    rules = await _rules(plan.sites)
    for site in await db.fetch(_SITES, sites=list(plan.sites)):
        before, after = calendars_of(site, plan.change)
        since, until = _days(plan, today=after.local_date(plan.now))
        for stretch in new_shut_stretches(before, after, first=since, last=until):
            outlasted = [
                (name, policy)
                for name, policy in rules[site["site_id"]]
                if outlasts_horizon(policy.length, policy.mode, stretch, before)
            ]
            if outlasted:
                first = stretch.open_before + ONE_DAY
                last = stretch.opens and stretch.opens - ONE_DAY
                found.append(KeptTooLong(site["name"], first, last, _by_name(outlasted)))
    if not found:
        return None
    return Consequence(
        kind=KIND,
        count=sum(len(each.rules) for each in found),
        text=" ".join(each.text() for each in found),
        state=fingerprint(*(f"{each.site} {each.first} {each.last}" for each in found)),
        panel=Panel("lending/_horizon_preview.html", found),
        data=found,
    )


def _days(plan: Plan, *, today: date) -> tuple[date, date]:
    """The first and the last day from ``today`` on of which a plan speaks, as far as one looks."""
    change = plan.change
    if isinstance(change, DayException) and not change.yearly:
        return max(today, change.first_day), change.last_day
    return today, today + SEARCH_DAYS * ONE_DAY


async def _rules(sites: Sequence[UUID]) -> defaultdict[UUID, list[tuple[str, PolicyView]]]:
    found: defaultdict[UUID, list[tuple[str, PolicyView]]] = defaultdict(list)
    for row in await db.fetch(_RULES, sites=list(sites)):
        found[row["site_id"]].append((name_in(read_names(row["names"])), policy_view(row)))
    return found


def _by_name(rules: Sequence[tuple[str, PolicyView]]) -> tuple[tuple[str, str], ...]:
    """Each category once for each length: groups of one length are not told apart."""
    return tuple(dict.fromkeys((name, length_in_words(policy)) for name, policy in rules))


def register() -> None:
    """Take part in the previews of sites."""
    consequences.register(kept_too_long)
