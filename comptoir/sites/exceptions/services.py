"""Announcing that a site is not open as its week says, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db, events
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries as sites
from comptoir.sites.calendars import hours_text
from comptoir.sites.errors import ExceptionNotFound, PreviewOutdated, SitesForbidden
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.events import ExceptionsAnnounced, ExceptionWithdrawn
from comptoir.sites.exceptions.previews import (
    own_exception,
    plan_of,
    seen_of,
    seen_of_withdrawal,
    withdrawal_of,
)
from comptoir.sites.exceptions.schemas import AnnounceException, Announcement, ExceptionView
from comptoir.sites.exceptions.validation import clash_errors, exception_errors
from comptoir.sites.opening_hours import ONE_DAY
from comptoir.sites.tables import HoursException, Site


async def announce_exception(
    actor: Principal,
    command: AnnounceException,
    *,
    now: datetime,
    hours_fields: Sequence[str] = (),
) -> Announcement:
    """Announce days that are not as the week says, at several sites at once.

    All of the sites take it, or none, together with what it brings about.
    ``hours_fields`` names where each pair of hours was entered, for the errors.

    Raises:
        SiteNotFound: the actor does not work at one of the sites.
        SitesForbidden: the actor is no coordinator at one of them.
        Invalid: a field is wrong, or a site has announced something else for these days.
        PreviewOutdated: what hangs on the days is not what ``command.seen`` speaks of.
    """
    if errors := exception_errors(command, hours_fields):
        raise Invalid(errors)
    batch = new_id()
    plan = plan_of(actor, command, now=now)
    async with db.transaction():
        # In one order, so that no two transactions wait for each other.
        for site_id in plan.sites:
            await _check(actor, site_id, command, now=now)
        if command.seen and command.seen != seen_of(command, await consequences.of(plan)):
            raise PreviewOutdated
        ids = {
            site_id: await _announce_at(actor, site_id, command, batch, now=now)
            for site_id in plan.sites
        }
        await events.publish(
            ExceptionsAnnounced(
                actor, batch, command.exception(), ids, now, command.take_shifts_off
            )
        )
    return Announcement(batch, list(ids.values()))


async def withdraw_exception(
    actor: Principal, exception_id: UUID, *, seen: str = "", now: datetime
) -> UUID:
    """Take an exception back; give its site's id.

    From today on, its days are as the week and the holidays say again; those that are over
    stay as they were, under an id of their own. What that brings about happens with it. With
    ``seen``, which the preview gave, nothing is changed if that is something else by now.

    Raises:
        ExceptionNotFound: there is none, it is over, or the actor does not work at its site.
        SitesForbidden: the actor is no coordinator there.
        PreviewOutdated: what hangs on it is not what ``seen`` speaks of.
    """
    async with db.transaction():
        before = await own_exception(actor, exception_id)
        await _touch(actor, before.site)
        plan = withdrawal_of(actor, before, now=now)
        if seen and seen != seen_of_withdrawal(before, await consequences.of(plan)):
            raise PreviewOutdated
        today = (await sites.site_calendar(before.site)).local_date(now)
        if before.last_day < today and not before.yearly:
            raise ExceptionNotFound
        gone = (
            await HoursException.delete()
            .where(HoursException.id == exception_id)
            .returning(HoursException.id)
        )
        if not gone:
            raise ExceptionNotFound
        if before.first_day < today and not before.yearly:
            over = msgspec.structs.replace(before, id=new_id(), last_day=today - ONE_DAY)
            await _keep(over, new_id(), now=now)
        change = [_told(before), None]
        await _record(actor, "site.exception_withdrawn", before.site, change, now=now)
        await events.publish(ExceptionWithdrawn(actor, before, now))
    return before.site


async def _check(
    actor: Principal, site_id: UUID, command: AnnounceException, *, now: datetime
) -> None:
    """Lock a site and make sure that it can be announced there."""
    site = await sites.site(site_id, actor)
    await _touch(actor, site_id)
    calendar = await sites.site_calendar(site_id)
    today = calendar.local_date(now)
    errors = clash_errors(command.exception(), calendar, site.name, today=today)
    if errors:
        raise Invalid(errors)


async def _announce_at(
    actor: Principal, site_id: UUID, command: AnnounceException, batch: UUID, *, now: datetime
) -> UUID:
    view = ExceptionView(id=new_id(), site=site_id, **msgspec.structs.asdict(command.exception()))
    await _keep(view, batch, now=now)
    await _record(actor, "site.exception_announced", site_id, [None, _told(view)], now=now)
    return view.id


async def _keep(view: ExceptionView, batch: UUID, *, now: datetime) -> None:
    await HoursException(
        id=view.id,
        site=view.site,
        batch=batch,
        first_day=view.first_day,
        last_day=view.last_day,
        kind=view.kind.value,
        hours=hours_text(view.hours),
        reason=view.reason,
        yearly=view.yearly,
        created_at=now,
    ).save()


async def _touch(actor: Principal, site_id: UUID) -> None:
    """Lock the site until the end of the transaction, and make its ETag a new one."""
    if not actor.has_role(Role.COORDINATOR, site_id):
        raise SitesForbidden
    await Site.update({Site.version: Site.version + 1}).where(Site.id == site_id)


def _told(view: ExceptionView) -> str:
    days = f"{view.first_day}/{view.last_day}"
    parts = (days, view.kind.value, hours_text(view.hours), view.reason)
    return " ".join(part for part in parts if part)


async def _record(
    actor: Principal, action: str, site_id: UUID, change: list[str | None], *, now: datetime
) -> None:
    await audit.record(
        actor,
        action,
        "site",
        site_id,
        now=now,
        site_id=site_id,
        changes={"exception": change},
    )
