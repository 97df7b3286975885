"""The start from a file of the ANCT: everything in it becomes a site, or nothing does."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid, Refused
from comptoir.core.fields import example
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import ngettext
from comptoir.core.ids import new_id
from comptoir.core.plain_text import as_read, name_taken
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries
from comptoir.sites.addresses import give_addresses
from comptoir.sites.errors import SitesForbidden
from comptoir.sites.open_data.anct_reading import AnctSite, place_in_file, read_anct
from comptoir.sites.open_data.anct_table import Problem
from comptoir.sites.services import SITE_NAMES
from comptoir.sites.tables import Site
from comptoir.sites.validation import LONGEST

#: Of more problems nobody reads at once.
MOST_PROBLEMS = 100
#: Rows of one statement: both engines take some 32,000 values in one.
_AT_ONCE = 500

_EXAMPLE = (
    "id,pivot,nom,commune,code_postal,adresse,date_maj\n"
    "structure-1,00000000000000,Guichet,Lyon,69003,12 rue Garibaldi,2026-11-25\n"
)


class ImportSites(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the ANCT's standard v1.0.2, whose sites shall be the organisation's."""

    organisation: UUID
    csv: Annotated[str, example(_EXAMPLE)]


class SitesImported(msgspec.Struct, frozen=True):
    """How many sites were made, and how many rows had been imported before."""

    imported: int
    known: int


class Preview(msgspec.Struct, frozen=True):
    """What an import would do. Of many ``problems``, the first hundred; ``wrong`` counts all."""

    new: int
    known: int
    wrong: int
    problems: list[Problem]


class ImportInvalid(Invalid):
    """A file that cannot be imported; nothing of it was. Of many errors, the first hundred."""

    code = "sites.import-invalid"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__([_as_error(problem) for problem in problems[:MOST_PROBLEMS]])
        self.wrong = len(problems)

    def message(self) -> str:
        return ngettext(
            "One thing is wrong with the file. Nothing was imported. Correct it, then try again.",
            "%(num)s things are wrong with the file. Nothing was imported. Correct them, then try "
            "again.",
            self.wrong,
        )

    def details(self) -> dict[str, object]:
        return {"wrong": self.wrong, "listed": len(self.errors)}


class SitesChangedMeanwhile(Refused):
    """Another import at the same moment made some of these sites."""

    code = "sites.imported-meanwhile"

    def message(self) -> str:
        return _("Somebody else imports these sites just now. Nothing was imported. Try again.")


async def preview(
    actor: Principal, organisation: UUID, content: bytes, *, now: datetime
) -> Preview:
    """What ``import_sites`` would do; it changes nothing.

    Raises:
        SitesForbidden: the actor is no administrator of all sites.
        OrganisationNotFound: there is no such organisation.
    """
    _need_admin(actor)
    await queries.organisation(organisation)
    sites, known, problems = await _judge(organisation, content, now)
    return Preview(len(sites), known, len(problems), problems[:MOST_PROBLEMS])


async def import_sites(
    actor: Principal, organisation: UUID, content: bytes, *, now: datetime
) -> SitesImported:
    """Make a site of each row that was not imported before. They are not published yet.

    Raises:
        SitesForbidden: the actor is no administrator of all sites.
        OrganisationNotFound: there is no such organisation.
        ImportInvalid: a row is wrong, or there is none; nothing was imported.
        SitesChangedMeanwhile: another import was faster; nothing was imported.
    """
    _need_admin(actor)
    await queries.organisation(organisation)
    sites, known, problems = await _judge(organisation, content, now)
    if problems:
        raise ImportInvalid(problems)
    rows = [Site(id=new_id(), created_at=now, **site.values) for site in sites]
    try:
        async with db.transaction():
            await _refuse_taken_meanwhile(rows)
            for start in range(0, len(rows), _AT_ONCE):
                await Site.insert(*rows[start : start + _AT_ONCE])
            await give_addresses([(row.id, row.name, row.city) for row in rows])
            await audit.record_many(
                [
                    audit.values(actor, "site.imported", "site", row.id, now=now, site_id=row.id)
                    for row in rows
                ]
            )
    except db.IntegrityErrors:
        raise SitesChangedMeanwhile from None
    return SitesImported(len(rows), known)


async def _refuse_taken_meanwhile(rows: list[Site]) -> None:
    await db.take_turns(SITE_NAMES)
    known = await db.fetch("SELECT name FROM sites_site")
    if {as_read(row["name"]) for row in known} & {as_read(row.name) for row in rows}:
        raise SitesChangedMeanwhile


async def _judge(
    organisation: UUID, content: bytes, now: datetime
) -> tuple[list[AnctSite], int, list[Problem]]:
    """The new sites of a file, how many are known, and everything wrong with it."""
    # In a thread: a few seconds for a large file, in which others want to be answered.
    reading = await asyncio.to_thread(read_anct, content, organisation, today=now.date())
    rows = await db.fetch("SELECT id, anct_id, name FROM sites_site")
    ids = {row["anct_id"] for row in rows} | {str(row["id"]) for row in rows}
    new = [site for site in reading.sites if site.anct_id not in ids]
    others = [site for site in reading.others if site.anct_id not in ids]
    named = sorted([*new, *others], key=lambda site: site.line)
    told, taken = _told_apart(named, {as_read(row["name"]) for row in rows})
    wrong = {site.line for site in others}
    sites = [site for site in told if site.line not in wrong]
    problems = sorted([*reading.problems, *taken], key=place_in_file)
    return sites, len(reading.sites) - len(new), problems


def _told_apart(sites: list[AnctSite], taken: set[str]) -> tuple[list[AnctSite], list[Problem]]:
    """Sites of one name get their town behind it, or their street too; no two may read alike."""
    alike = Counter(as_read(site.values["name"]) for site in sites)
    told: list[AnctSite] = []
    problems: list[Problem] = []
    for site in sites:
        name, city, street = (site.values[field] for field in ("name", "city", "street"))
        choices = [f"{name} – {city}", f"{name} – {street}, {city}"]
        if alike[as_read(name)] == 1:
            choices.insert(0, name)
        free = [
            each for each in choices if as_read(each) not in taken and len(each) <= LONGEST["name"]
        ]
        if not free:
            problems.append(Problem(site.line, "nom", "sites.name-taken", name_taken()))
            continue
        taken.add(as_read(free[0]))
        told.append(msgspec.structs.replace(site, values=site.values | {"name": free[0]}))
    return told, problems


def _as_error(problem: Problem) -> FieldError:
    place = _("Line %(line)s", line=problem.line)
    if problem.column:
        place = f"{place}, {problem.column}"
    message = f"{place}: {problem.message}"
    return FieldError("csv", problem.code, message, problem.line, problem.column)


def _need_admin(actor: Principal) -> None:
    if not actor.has_role_everywhere(Role.ADMIN):
        raise SitesForbidden
