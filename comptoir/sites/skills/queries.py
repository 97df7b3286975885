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


async def public_skills(sites: Sequence[UUID]) -> dict[UUID, PublicSkills]:
    """What the people of each site let the public know that somebody there speaks or can do.

    It names nobody, and says of each thing only that somebody does.
    """
    rows = await db.fetch(
        """
        SELECT DISTINCT member.site, skill.language, competence.names
        FROM sites_staff_skill skill
        JOIN sites_staff_member member ON member.user_id = skill.user_id
        JOIN core_user person ON person.id = skill.user_id
        LEFT JOIN sites_competence competence ON competence.id = skill.competence
        WHERE skill.shown = :yes AND person.active = :yes AND member.site IN :sites
        """,
        yes=True,
        sites=list(sites),
    )
    spoken: defaultdict[UUID, set[str]] = defaultdict(set)
    able: defaultdict[UUID, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        if row["names"]:
            able[row["site"]].append(msgspec.json.decode(row["names"]))
        else:
            spoken[row["site"]].add(row["language"])
    return {
        site: PublicSkills(
            tuple(sorted(spoken[site], key=SPOKEN.index)),
            tuple(sorted(able[site], key=lambda names: localized(names).casefold())),
        )
        for site in sites
    }


def _competence(row: db.Row) -> Competence:
    return Competence(row["id"], msgspec.json.decode(row["names"]), row["version"])
