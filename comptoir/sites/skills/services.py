"""Naming competences, and saying who speaks and can do what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import LANGUAGES
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.plain_text import clean_line, says_something
from comptoir.core.principal import Principal, Role
from comptoir.sites.errors import SiteChanged, SitesForbidden
from comptoir.sites.skills import queries
from comptoir.sites.skills.languages import SPOKEN
from comptoir.sites.skills.schemas import SaveCompetence, SaveSkills
from comptoir.sites.staff import queries as staff

LONGEST_NAME = 80


async def create_competence(actor: Principal, command: SaveCompetence, *, now: datetime) -> UUID:
    """Name a competence; give its id.

    Raises:
        SitesForbidden: the actor coordinates no site, or is a token of one site.
        Invalid: it has no name, or one that is too long.
    """
    names = _names(actor, command)
    competence_id = new_id()
    async with db.transaction():
        await db.execute(
            "INSERT INTO sites_competence (id, names) VALUES (:id, :names)",
            id=competence_id,
            names=msgspec.json.encode(names).decode(),
        )
        await audit.record(
            actor,
            "competence.created",
            "competence",
            competence_id,
            now=now,
            changes={"names": [None, names]},
        )
    return competence_id


async def edit_competence(
    actor: Principal, competence_id: UUID, command: SaveCompetence, *, version: int, now: datetime
) -> None:
    """Call a competence, that was read at ``version``, something else.

    Raises:
        SitesForbidden, Invalid: as for ``create_competence``.
        CompetenceNotFound: there is none.
        SiteChanged: somebody changed it since.
    """
    names = _names(actor, command)
    async with db.transaction():
        before = await queries.competence(competence_id)
        changed = await db.fetch(
            "UPDATE sites_competence SET names = :names, version = version + 1 "
            "WHERE id = :id AND version = :version RETURNING id",
            id=competence_id,
            version=version,
            names=msgspec.json.encode(names).decode(),
        )
        if not changed:
            raise SiteChanged
        await audit.record(
            actor,
            "competence.edited",
            "competence",
            competence_id,
            now=now,
            changes={"names": [before.names, names]},
        )


async def remove_competence(actor: Principal, competence_id: UUID, *, now: datetime) -> None:
    """Forget a competence: nobody has it any more, and no site needs it.

    Raises:
        SitesForbidden: as for ``create_competence``.
        CompetenceNotFound: there is none.
    """
    _need_shared(actor)
    async with db.transaction():
        before = await queries.competence(competence_id)
        await db.execute("DELETE FROM sites_competence WHERE id = :id", id=competence_id)
        await audit.record(
            actor,
            "competence.removed",
            "competence",
            competence_id,
            now=now,
            changes={"names": [before.names, None]},
        )


async def set_skills(
    actor: Principal, user_id: UUID, command: SaveSkills, *, now: datetime
) -> None:
    """Say all that a colleague speaks and can do.

    Raises:
        UserNotFound, NotYourColleague: as for ``staff.need_to_look_after``.
        Invalid: a language or a competence is unknown, or named twice.
    """
    await staff.need_to_look_after(actor, user_id)
    known = {each.id for each in await queries.competences()}
    if errors := _skill_errors(command, known):
        raise Invalid(errors)
    async with db.transaction():
        # Two who save at one moment: the later one counts, and not a mixture.
        await db.fetch(
            "SELECT id FROM core_user WHERE id = :id" + db.for_update("core_user"), id=user_id
        )
        await db.execute("DELETE FROM sites_staff_skill WHERE user_id = :id", id=user_id)
        for each in command.skills:
            await db.execute(
                "INSERT INTO sites_staff_skill (id, user_id, language, competence, shown) "
                "VALUES (:id, :user_id, :language, :competence, :shown)",
                id=new_id(),
                user_id=user_id,
                language=each.language,
                competence=each.competence,
                shown=each.shown,
            )
        await audit.record(
            actor, "user.skills_set", "user", user_id, now=now, changes={"skills": None}
        )


def _need_shared(actor: Principal) -> None:
    if not (actor.has_role(Role.COORDINATOR) and actor.may_share):
        raise SitesForbidden


def _names(actor: Principal, command: SaveCompetence) -> dict[str, str]:
    _need_shared(actor)
    cleaned = {language: clean_line(name) for language, name in command.names.items()}
    names = {language: name for language, name in cleaned.items() if name}
    errors = [
        FieldError(
            f"names.{language}",
            "sites.name-too-long",
            _("Make this shorter: at most %(most)s characters.", most=LONGEST_NAME),
        )
        for language, name in names.items()
        if len(name) > LONGEST_NAME
    ]
    if unknown := sorted(set(command.names) - set(LANGUAGES)):
        text = _("Choose one of the languages.")
        errors.append(FieldError(f"names.{unknown[0]}", "sites.language-unknown", text))
    if not any(map(says_something, names.values())):
        text = _("Enter the name in at least one language.")
        errors.append(FieldError("names", "sites.name-missing", text))
    if errors:
        raise Invalid(errors)
    return names


def _skill_errors(command: SaveSkills, known: set[UUID]) -> list[FieldError]:
    errors, seen = [], set()
    for number, each in enumerate(command.skills):
        if each.language and each.competence is not None:
            text = _("Name a language or a competence, not both.")
            errors.append(FieldError(f"skills[{number}]", "sites.skill-ambiguous", text))
        elif each.competence is None and each.language not in SPOKEN:
            text = _("Choose one of the languages.")
            errors.append(FieldError(f"skills[{number}].language", "sites.language-unknown", text))
        elif each.competence is not None and each.competence not in known:
            text = _("This competence does not exist any more.")
            errors.append(
                FieldError(f"skills[{number}].competence", "sites.competence-not-found", text)
            )
        elif (each.language, each.competence) in seen:
            text = _("This is named twice. Name it once.")
            errors.append(FieldError(f"skills[{number}]", "sites.skill-twice", text))
        seen.add((each.language, each.competence))
    return errors
