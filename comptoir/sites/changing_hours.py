"""Other hours of the week: looked at first, then set, with what hangs on them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db, events
from comptoir.core.clock import localtime
from comptoir.core.errors import Invalid
from comptoir.core.idempotency import fingerprint
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries
from comptoir.sites.calendar import HoursChange
from comptoir.sites.errors import PreviewOutdated, SiteChanged, SitesForbidden
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Consequence, Plan
from comptoir.sites.exceptions.events import HoursChanged
from comptoir.sites.exceptions.previews import Preview
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.reading import read
from comptoir.sites.expressions.writing import write
from comptoir.sites.schemas import SiteView
from comptoir.sites.validation import horizon_errors, hours_errors

_SET = """
UPDATE sites_site SET opening_hours = :hours, hours_confirmed_on = :confirmed, version = version + 1
WHERE id = :id AND version = :version RETURNING id
"""


async def preview_hours(
    actor: Principal, site_id: UUID, opening_hours: str, *, now: datetime
) -> Preview:
    """Look at what these hours would bring about; nothing is changed.

    Raises:
        SiteNotFound, SitesForbidden, Invalid: as for ``set_hours``.
    """
    site = await _coordinated(actor, site_id)
    change = await _change(site, opening_hours, now=now)
    found = await consequences.of(Plan(actor, change, (site_id,), now))
    return Preview(_seen(site_id, change, found), (), found)


async def set_hours(
    actor: Principal,
    site_id: UUID,
    opening_hours: str,
    *,
    version: int,
    seen: str = "",
    now: datetime,
) -> None:
    """Give a site that was read at ``version`` these opening hours, as an expression.

    What they bring about happens with it. With ``seen``, which the preview gave, nothing
    is changed if that is something else by now.

    Raises:
        SiteNotFound: there is none, or the actor does not work there.
        SitesForbidden: the actor is no coordinator there.
        Invalid: the expression is none, says what nobody can have meant, or leaves no open
            day beside the holidays and what is announced.
        SiteChanged: somebody changed the site since.
        PreviewOutdated: what hangs on the hours is not what ``seen`` speaks of.
    """
    async with db.transaction():
        site = await _coordinated(actor, site_id)
        change = await _change(site, opening_hours, now=now)
        today = localtime(now, site.time_zone).date()
        # It locks the site: a check-out there waits, and decides by the new hours.
        changed = await db.fetch(
            _SET,
            hours=change.after,
            confirmed=today if change.after else None,
            id=site_id,
            version=version,
        )
        if not changed:
            raise SiteChanged
        plan = Plan(actor, change, (site_id,), now)
        if seen and seen != _seen(site_id, change, await consequences.of(plan)):
            raise PreviewOutdated
        await audit.record(
            actor,
            "site.hours_set",
            "site",
            site_id,
            now=now,
            site_id=site_id,
            changes={"hours": [change.before, change.after]},
        )
        await events.publish(HoursChanged(actor, new_id(), site_id, change, now))


async def _coordinated(actor: Principal, site_id: UUID) -> SiteView:
    site = await queries.site(site_id, actor)
    if not actor.has_role(Role.COORDINATOR, site_id):
        raise SitesForbidden
    return site


async def _change(site: SiteView, opening_hours: str, *, now: datetime) -> HoursChange:
    """From the hours of a site to these, as they are kept.

    Raises:
        Invalid: as for ``set_hours``.
    """
    today = localtime(now, site.time_zone).date()
    if errors := hours_errors(opening_hours, today=today):
        raise Invalid(errors)
    after = write(read(opening_hours).rules)
    calendar = await queries.site_calendar(site.id)
    if errors := horizon_errors(Hours.of(after), calendar, today=today):
        raise Invalid(errors)
    return HoursChange(site.opening_hours, after)


def _seen(site_id: UUID, change: HoursChange, found: tuple[Consequence, ...]) -> str:
    """A text that differs when the hours do, or what hangs on them."""
    states = [f"{each.kind} {each.state}" for each in found]
    return fingerprint(str(site_id), change.before, change.after, *states)
