"""Holidays that a part of a canton or département keeps: which of them a site keeps."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core import audit, db, events
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries
from comptoir.sites.calendar import Place, PlaceChange
from comptoir.sites.changing_place import place_of, seen_of_place
from comptoir.sites.errors import PreviewOutdated, SiteChanged, SitesForbidden
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Plan
from comptoir.sites.exceptions.events import PlaceChanged
from comptoir.sites.exceptions.previews import Preview
from comptoir.sites.public_holidays import (
    NAMES,
    PARTS,
    holiday_region,
    is_kept,
    local_days,
    local_holidays,
)
from comptoir.sites.schemas import SiteView

_SET = """
UPDATE sites_site SET local_holidays = :chosen, version = version + 1
WHERE id = :id AND version = :version RETURNING id
"""


class KeepHolidays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The codes of all local holidays that a site keeps; of the others, it keeps none.

    With ``seen``, which the preview gave, nothing is changed if what hangs on them has
    changed since.
    """

    kept: Annotated[tuple[str, ...], msgspec.Meta(max_length=40, examples=[[]])]
    seen: Annotated[str, msgspec.Meta(max_length=64, examples=[""])] = ""


class LocalHolidayView(msgspec.Struct, frozen=True):
    """A holiday that a part of the canton or département keeps: ``where`` says which part.

    ``kept``: the site is closed then, every year. ``next_day`` is the next one; null: none
    is known.
    """

    code: str
    name: str
    where: str
    kept: bool
    next_day: date | None


def local_holidays_of(site: SiteView, *, today: date) -> list[LocalHolidayView]:
    """What a site may keep or not, in the reader's language, by the next day."""
    found = [
        LocalHolidayView(
            each.code,
            str(NAMES[each.name]),
            str(PARTS[each.where])
            if each.where in PARTS
            else _("only %(place)s", place=each.where),
            is_kept(each, site.local_holidays),
            next((day for day in local_days(each.name) if day >= today), None),
        )
        for each in local_holidays(holiday_region(site.country, site.region))
    ]
    return sorted(found, key=lambda each: (each.next_day or date.max, each.code))


def has_said(site: SiteView) -> bool:
    """Whether a site has said which local holidays it keeps, if there are any where it is."""
    region = holiday_region(site.country, site.region)
    codes = {each.code for each in local_holidays(region)}
    said = {each.lstrip("-") for each in site.local_holidays}
    return not codes or f"={region}" in said or bool(codes & said)


def unsure_days(site: SiteView) -> dict[date, str]:
    """The days on which a site may be shut, for all that it has said, each with its holiday."""
    if has_said(site):
        return {}
    region = holiday_region(site.country, site.region)
    return {
        day: str(NAMES[each.name])
        for each in local_holidays(region)
        if not each.usual
        for day in local_days(each.name)
    }


async def preview_local_holidays(
    actor: Principal, site_id: UUID, kept: Collection[str], *, now: datetime
) -> Preview:
    """Look at what keeping these would bring about; nothing is changed.

    Raises:
        SiteNotFound, SitesForbidden, Invalid: as for ``keep_local_holidays``.
    """
    site = await _coordinated(actor, site_id)
    return await _look(actor, site, _chosen(site, kept), now=now)


async def keep_local_holidays(
    actor: Principal, site_id: UUID, command: KeepHolidays, *, version: int, now: datetime
) -> None:
    """Let a site that was read at ``version`` be closed on these local holidays every year.

    What is due then moves with it, and comes back where one is kept no more.

    Raises:
        SiteNotFound: there is none, or the actor does not work there.
        SitesForbidden: the actor is no coordinator there.
        Invalid: one of the codes is none of its canton or département.
        SiteChanged: somebody changed the site since.
        PreviewOutdated: what hangs on the days is not what ``command.seen`` speaks of.
    """
    async with db.transaction():
        site = await _coordinated(actor, site_id)
        chosen = _chosen(site, command.kept)
        # It locks the site: a check-out there waits, and decides by the new holidays.
        # That it is as most do is said, too.
        kept = chosen or [f"={holiday_region(site.country, site.region)}"]
        changed = await db.fetch(_SET, chosen=" ".join(kept), id=site_id, version=version)
        if not changed:
            raise SiteChanged
        if command.seen and command.seen != (await _look(actor, site, chosen, now=now)).seen:
            raise PreviewOutdated
        await audit.record(
            actor,
            "site.holidays_set",
            "site",
            site_id,
            now=now,
            site_id=site_id,
            changes={"local_holidays": [" ".join(site.local_holidays), " ".join(chosen)]},
        )
        if change := _change(site, chosen):
            await events.publish(PlaceChanged(actor, new_id(), site_id, change, now))


async def _look(
    actor: Principal, site: SiteView, chosen: Collection[str], *, now: datetime
) -> Preview:
    change = _change(site, chosen)
    found = await consequences.of(Plan(actor, change, (site.id,), now)) if change else ()
    return Preview(seen_of_place(site.id, change, found), (), found)


def _change(site: SiteView, chosen: Collection[str]) -> PlaceChange | None:
    before = place_of(site)
    after = Place(before.zone, holiday_region(site.country, site.region, chosen))
    return None if before == after else PlaceChange(before, after)


def _chosen(site: SiteView, kept: Collection[str]) -> list[str]:
    """What a site says by keeping these, as it is stored.

    Raises:
        Invalid: one of them is none of its canton or département.
    """
    known = local_holidays(holiday_region(site.country, site.region))
    if not set(kept) <= {each.code for each in known}:
        message = _("This holiday is not one of the canton or département. Load the page again.")
        raise Invalid([FieldError("kept", "sites.holiday-unknown", message)])
    said = [
        f"-{each.code}" if each.usual else each.code
        for each in known
        if each.usual != (each.code in kept)
    ]
    return sorted(said)


async def _coordinated(actor: Principal, site_id: UUID) -> SiteView:
    site = await queries.site(site_id, actor)
    if not actor.has_role(Role.COORDINATOR, site_id):
        raise SitesForbidden
    return site
