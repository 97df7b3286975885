"""Competences, and who speaks and can do what, for other programs."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.core.accounts.errors import UserNotFound
from comptoir.core.api import Call, delete, get, post, put
from comptoir.sites import queries as sites
from comptoir.sites.errors import SiteChanged, SiteNotFound, SitesForbidden
from comptoir.sites.skills import queries, services
from comptoir.sites.skills.errors import CompetenceNotFound
from comptoir.sites.skills.schemas import (
    Competence,
    PublicSkills,
    SaveCompetence,
    SaveSkills,
    Skill,
)
from comptoir.sites.staff import queries as staff
from comptoir.sites.staff.errors import NotYourColleague

READERS = ("desk", "inventory", "borrowers", "settings")
WRITERS = ("settings",)
TAG = "Staff"


class Competences(msgspec.Struct, frozen=True):
    """Every competence."""

    items: list[Competence]


class SkillsOf(msgspec.Struct, frozen=True):
    """What somebody speaks and can do."""

    skills: list[Skill]


@get("/competences", scopes=WRITERS, tag=TAG)
async def list_competences(call: Call) -> Competences:
    """List the competences that somebody may have and a site may need, all at once."""
    return Competences(await queries.competences())


@post(
    "/competences",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(SitesForbidden,),
    location="/competences/{id}",
)
async def create_competence(call: Call, data: SaveCompetence) -> Competence:
    """Name a competence."""
    made = await services.create_competence(call.actor, data, now=call.now)
    return await queries.competence(made)


@get("/competences/{competence_id:uuid}", scopes=WRITERS, tag=TAG, errors=(CompetenceNotFound,))
async def read_competence(call: Call, competence_id: UUID) -> Competence:
    """Read what a competence is called."""
    return await queries.competence(competence_id)


@put(
    "/competences/{competence_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(CompetenceNotFound, SitesForbidden, SiteChanged),
)
async def edit_competence(call: Call, competence_id: UUID, data: SaveCompetence) -> Competence:
    """Call a competence something else."""
    await services.edit_competence(
        call.actor, competence_id, data, version=call.version, now=call.now
    )
    return await queries.competence(competence_id)


@delete(
    "/competences/{competence_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(CompetenceNotFound, SitesForbidden),
)
async def remove_competence(call: Call, competence_id: UUID) -> None:
    """Forget a competence: nobody has it any more, and no site needs it."""
    await services.remove_competence(call.actor, competence_id, now=call.now)


@get("/users/{user_id:uuid}/skills", scopes=WRITERS, tag=TAG, errors=(UserNotFound,))
async def read_skills(call: Call, user_id: UUID) -> SkillsOf:
    """Read what a colleague speaks and can do."""
    await staff.colleague(call.actor, user_id)
    return SkillsOf(await queries.skills_of(user_id))


@post(
    "/users/{user_id:uuid}/skills",
    scopes=WRITERS,
    tag=TAG,
    errors=(UserNotFound, NotYourColleague),
)
async def set_skills(call: Call, user_id: UUID, data: SaveSkills) -> SkillsOf:
    """Say all that a colleague speaks and can do; what is left out is taken away.

    Only who coordinates all sites where they work may.
    """
    await services.set_skills(call.actor, user_id, data, now=call.now)
    return SkillsOf(await queries.skills_of(user_id))


@get("/sites/{site_id:uuid}/public-skills", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def read_public_skills(call: Call, site_id: UUID) -> PublicSkills:
    """Read what the public may know that somebody at a site speaks or can do; never who."""
    site = await sites.site(site_id, call.actor)
    return (await queries.public_skills([site.id]))[site.id]


ROUTES = [
    list_competences,
    create_competence,
    read_competence,
    edit_competence,
    remove_competence,
    read_skills,
    set_skills,
    read_public_skills,
]
