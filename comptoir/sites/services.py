"""Changing places: one function per use case, one transaction, one audit row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import audit, db, events
from comptoir.core.emails import clean_email
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.ids import new_id
from comptoir.core.phones import read_phone
from comptoir.core.plain_text import clean_line, name_taken, same_name
from comptoir.core.principal import Principal, Role
from comptoir.sites import addresses, queries, welcome
from comptoir.sites.calendar import PlaceChange
from comptoir.sites.changing_place import place_change, seen_of_place
from comptoir.sites.errors import PreviewOutdated, SiteChanged, SitesForbidden
from comptoir.sites.exceptions import consequences
from comptoir.sites.exceptions.consequences import Plan
from comptoir.sites.exceptions.events import PlaceChanged
from comptoir.sites.exceptions.previews import Preview
from comptoir.sites.schemas import SaveOrganisation, SaveSite, SiteView
from comptoir.sites.tables import Organisation, Site
from comptoir.sites.validation import (
    departement,
    organisation_errors,
    site_errors,
)

#: What transactions take turns over: no index knows which names a person would take for one.
SITE_NAMES = "sites.site names"
_ORGANISATION_NAMES = "sites.organisation names"


async def create_organisation(
    actor: Principal, command: SaveOrganisation, *, now: datetime
) -> UUID:
    """Add an organisation; give its id.

    Raises:
        SitesForbidden: the actor is no coordinator of all sites.
        Invalid: a field is wrong.
    """
    _need_all_sites(actor)
    values = _organisation_values(command)
    organisation_id = new_id()
    async with db.transaction():
        await db.take_turns(_ORGANISATION_NAMES)
        _refuse_taken(values["name"], [each.name for each in await queries.organisations()])
        await Organisation(id=organisation_id, **values).save()
        await audit.record(
            actor,
            "organisation.created",
            "organisation",
            organisation_id,
            now=now,
            changes=audit.difference({}, values),
        )
    return organisation_id


async def edit_organisation(
    actor: Principal,
    organisation_id: UUID,
    command: SaveOrganisation,
    *,
    version: int,
    now: datetime,
) -> None:
    """Change an organisation that was read at ``version``.

    Raises:
        SitesForbidden: the actor is no coordinator of all sites.
        OrganisationNotFound: there is none.
        Invalid: a field is wrong.
        SiteChanged: somebody changed it since.
    """
    _need_all_sites(actor)
    values = _organisation_values(command)
    async with db.transaction():
        before = await queries.organisation(organisation_id)
        if values["name"] != before.name:
            await db.take_turns(_ORGANISATION_NAMES)
            others = [each for each in await queries.organisations() if each.id != organisation_id]
            _refuse_taken(values["name"], [each.name for each in others])
        await _update(Organisation, organisation_id, version, values)
        await audit.record(
            actor,
            "organisation.edited",
            "organisation",
            organisation_id,
            now=now,
            changes=audit.difference(msgspec.structs.asdict(before), values),
        )


async def create_site(actor: Principal, command: SaveSite, *, now: datetime) -> UUID:
    """Add a site, without hours yet; give its id.

    Raises:
        SitesForbidden: the actor is no coordinator of all sites.
        OrganisationNotFound: there is no such organisation.
        Invalid: a field is wrong.
    """
    _need_all_sites(actor)
    values = site_values(command)
    site_id = new_id()
    async with db.transaction():
        await queries.organisation(command.organisation)
        await db.take_turns(SITE_NAMES)
        _refuse_taken(values["name"], [each.name for each in await queries.site_names()])
        await Site(id=site_id, created_at=now, **values).save()
        await addresses.give_address(site_id, values["name"], values["city"])
        await audit.record(
            actor,
            "site.created",
            "site",
            site_id,
            now=now,
            site_id=site_id,
            changes=audit.difference({}, _plain(values)),
        )
    return site_id


async def edit_site(
    actor: Principal,
    site_id: UUID,
    command: SaveSite,
    *,
    version: int,
    seen: str = "",
    now: datetime,
) -> None:
    """Change a site that was read at ``version``.

    What another time zone, or other public holidays, bring about happens with it. With
    ``seen``, which the preview gave, nothing is changed if that is something else by now.

    Raises:
        SiteNotFound: there is none, or the actor does not work there.
        SitesForbidden: the actor is no coordinator there.
        OrganisationNotFound: there is no such organisation.
        Invalid: a field is wrong.
        SiteChanged: somebody changed it since.
        PreviewOutdated: what hangs on where it is is not what ``seen`` speaks of.
    """
    values = site_values(command)
    async with db.transaction():
        before = await _coordinated(actor, site_id)
        await queries.organisation(command.organisation)
        if values["name"] != before.name:
            await db.take_turns(SITE_NAMES)
            others = [each for each in await queries.site_names() if each.id != site_id]
            _refuse_taken(values["name"], [each.name for each in others])
        # It locks the site: a check-out there waits, and decides by the new place.
        await _update(Site, site_id, version, values)
        change = place_change(before, values)
        if seen and seen != (await _look(actor, site_id, change, now=now)).seen:
            raise PreviewOutdated
        await addresses.rename_address(
            site_id, (before.name, before.city), (values["name"], values["city"])
        )
        known = msgspec.structs.asdict(before) | {"organisation": before.organisation.id}
        await audit.record(
            actor,
            "site.edited",
            "site",
            site_id,
            now=now,
            site_id=site_id,
            changes=audit.difference(_plain(known), _plain(values)),
        )
        if change is not None:
            await events.publish(PlaceChanged(actor, new_id(), site_id, change, now))


async def preview_site(
    actor: Principal, site_id: UUID, command: SaveSite, *, now: datetime
) -> Preview:
    """Look at what changing a site would bring about; nothing is changed.

    Raises:
        SiteNotFound, SitesForbidden: as for ``edit_site``.
        Invalid: a field is wrong.
    """
    values = site_values(command)
    before = await _coordinated(actor, site_id)
    return await _look(actor, site_id, place_change(before, values), now=now)


async def _look(
    actor: Principal, site_id: UUID, change: PlaceChange | None, *, now: datetime
) -> Preview:
    if change is None:
        return Preview(seen_of_place(site_id, None), (), ())
    found = await consequences.of(Plan(actor, change, (site_id,), now))
    return Preview(seen_of_place(site_id, change, found), (), found)


def _organisation_values(command: SaveOrganisation) -> dict[str, Any]:
    command = _cleaned(command)
    _refuse(organisation_errors(command))
    values = msgspec.structs.asdict(command)
    return values | {"phone": read_phone(command.phone, "CH") or ""}


def site_values(command: SaveSite) -> dict[str, Any]:
    """The columns of a site as they are stored.

    Raises:
        Invalid: a field is wrong.
    """
    command = _cleaned(command)
    _refuse(site_errors(command))
    values = msgspec.structs.asdict(command)
    return values | {
        "short_name": command.short_name or command.city[:40],
        "region": command.region or _region(command),
        "phone": read_phone(command.phone, command.country) or "",
        "offers": welcome.stored(command.offers),
        "audiences": welcome.stored(command.audiences),
        "languages": welcome.stored(command.languages),
    }


def _region(command: SaveSite) -> str:
    """In France the postcode says it; a canton has to be chosen."""
    return departement(command.postcode) if command.country == "FR" else ""


def _cleaned(command: Any) -> Any:
    """The command with its texts as they are kept."""
    values = {
        key: clean_line(value) if isinstance(value, str) else value
        for key, value in msgspec.structs.asdict(command).items()
    }
    return type(command)(**values | {"email": clean_email(values["email"])})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: _plain_value(value) for key, value in values.items()}


def _plain_value(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case tuple() if all(isinstance(each, str) for each in value):
            return welcome.stored(value)
    return value


async def _update(
    table: type[Organisation] | type[Site], row_id: UUID, version: int, values: dict[str, Any]
) -> None:
    new: dict[Any, Any] = {**values, "version": version + 1}
    changed = (
        await table.update(new)
        .where((table.id == row_id) & (table.version == version))
        .returning(table.id)
    )
    if not changed:
        raise SiteChanged


def _need_all_sites(actor: Principal) -> None:
    if not (actor.all_sites and actor.has_role(Role.COORDINATOR)):
        raise SitesForbidden


async def _coordinated(actor: Principal, site_id: UUID) -> SiteView:
    site = await queries.site(site_id, actor)
    if not actor.has_role(Role.COORDINATOR, site_id):
        raise SitesForbidden
    return site


def _refuse_taken(name: str, others: Iterable[str]) -> None:
    """Two of one name: nobody could tell them apart in a list."""
    if any(same_name(name, other) for other in others):
        raise Invalid([FieldError("name", "sites.name-taken", name_taken())])


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise Invalid(errors)
