"""Reads of competences, and of who speaks and can do what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.i18n import localized
from comptoir.sites.skills.errors import CompetenceNotFound
from comptoir.sites.skills.languages import SPOKEN
from comptoir.sites.skills.schemas import Competence, PublicSkills, Skill, Skills


async def competences() -> list[Competence]:
    """Every competence, by its name in the reader's language."""
    rows = await db.fetch("SELECT id, names, version FROM sites_competence")
    found = [_competence(row) for row in rows]
    return sorted(found, key=lambda each: (localized(each.names).casefold(), each.id))


async def competence(competence_id: UUID) -> Competence:
    """One of them.

    Raises:
        CompetenceNotFound: there is none.
    """
    row = await db.fetch_one(
        "SELECT id, names, version FROM sites_competence WHERE id = :id", id=competence_id
    )
    if row is None:
        raise CompetenceNotFound
    return _competence(row)


async def skills_of(user_id: UUID) -> list[Skill]:
    """What somebody speaks and can do."""
    rows = await db.fetch(
        "SELECT language, competence, shown FROM sites_staff_skill WHERE user_id = :id", id=user_id
    )
    found = [Skill(row["language"], row["competence"], row["shown"]) for row in rows]
    return sorted(found, key=lambda each: (each.language, str(each.competence)))


async def skills_by_person(people: Sequence[UUID]) -> dict[UUID, Skills]:
    """What each of these people speaks and can do, as rules ask for it."""
    rows = await db.fetch(
        "SELECT user_id, language, competence FROM sites_staff_skill WHERE user_id IN :ids",
        ids=list(people),
    )
    languages: defaultdict[UUID, set[str]] = defaultdict(set)
    competences: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in rows:
        if row["competence"]:
            competences[row["user_id"]].add(row["competence"])
        else:
            languages[row["user_id"]].add(row["language"])
    return {
        person: Skills(frozenset(languages[person]), frozenset(competences[person]))
        for person in people
    }


async def public_skills(site_id: UUID) -> PublicSkills:
    """What the people of a site let the public know that somebody there speaks or can do.

    It names nobody, and says of each thing only that somebody does.
    """
    rows = await db.fetch(
        """
        SELECT DISTINCT skill.language, competence.names
        FROM sites_staff_skill skill
        JOIN core_user person ON person.id = skill.user_id
        LEFT JOIN sites_competence competence ON competence.id = skill.competence
        WHERE skill.shown = :yes AND person.active = :yes AND EXISTS (
            SELECT 1 FROM sites_staff_member member
            WHERE member.user_id = skill.user_id AND member.site = :site
        )
        """,
        yes=True,
        site=site_id,
    )
    spoken = {row["language"] for row in rows if row["language"]}
    names = [msgspec.json.decode(row["names"], type=dict[str, str]) for row in rows if row["names"]]
    return PublicSkills(
        tuple(sorted(spoken, key=SPOKEN.index)),
        tuple(sorted(names, key=lambda each: localized(each).casefold())),
    )


def _competence(row: db.Row) -> Competence:
    return Competence(row["id"], msgspec.json.decode(row["names"]), row["version"])
