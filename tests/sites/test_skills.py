"""Languages and competences: who says them, what the public may know, and over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.accounts.errors import UserNotFound
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.tables import AuditEvent
from comptoir.sites.errors import SiteChanged, SitesForbidden
from comptoir.sites.rota.tables import Need
from comptoir.sites.skills import queries, services
from comptoir.sites.skills.errors import CompetenceNotFound
from comptoir.sites.skills.schemas import PublicSkills, SaveCompetence, SaveSkills, Skill
from comptoir.sites.skills.tables import Competence, StaffSkill
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, sign_in


@pytest.fixture
async def site(database: Any) -> Site:
    return await make.site()


@pytest.fixture
async def coordinator(site: Site) -> Principal:
    return await make.principal(Role.COORDINATOR, site.id)


async def test_a_competence_is_named_renamed_and_removed(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    command = SaveCompetence({"fr": " Atelier ", "de": ""})
    made = await services.create_competence(coordinator, command, now=now)
    assert (await queries.competence(made)).names == {"fr": "Atelier"}
    command = SaveCompetence({"fr": "Atelier", "de": "Kurs"})
    await services.edit_competence(coordinator, made, command, version=1, now=now)
    with pytest.raises(SiteChanged):
        await services.edit_competence(coordinator, made, command, version=1, now=now)
    person = await make.user(role=Role.RECEPTION, site_id=site.id)
    await StaffSkill(user=person.id, competence=made).save()
    await Need(site=site.id, competence=made).save()
    await services.remove_competence(coordinator, made, now=now)
    assert await StaffSkill.count() + await Need.count() + await Competence.count() == 0
    with pytest.raises(CompetenceNotFound):
        await services.remove_competence(coordinator, made, now=now)


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ({}, "sites.name-missing"),
        ({"fr": " "}, "sites.name-missing"),
        ({"xx": "Atelier"}, "sites.language-unknown"),
        ({"fr": "a" * 81}, "sites.name-too-long"),
    ],
)
async def test_a_competence_without_a_proper_name_is_refused(
    coordinator: Principal, now: datetime, names: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await services.create_competence(coordinator, SaveCompetence(names), now=now)
    assert [each.code for each in refused.value.errors] == [code]


async def test_competences_are_for_coordinators_and_not_for_a_token_of_one_site(
    site: Site, now: datetime
) -> None:
    token = Principal("token", roles=(await make.principal(Role.ADMIN, site.id)).roles)
    for actor in (await make.principal(Role.RECEPTION, site.id), token):
        with pytest.raises(SitesForbidden):
            await services.create_competence(actor, SaveCompetence({"fr": "Atelier"}), now=now)


async def test_skills_are_said_anew_as_a_whole(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    person = await make.user(role=Role.RECEPTION, site_id=site.id)
    workshop = await make.competence()
    first = SaveSkills((Skill("fr"), Skill("pt", shown=True)))
    await services.set_skills(coordinator, person.id, first, now=now)
    second = SaveSkills((Skill("pt"), Skill(competence=workshop.id)))
    await services.set_skills(coordinator, person.id, second, now=now)
    assert set(await queries.skills_of(person.id)) == set(second.skills)
    events = await AuditEvent.select().where(AuditEvent.action == "user.skills_set")
    assert [event["changes"] for event in events] == ['{"skills":null}'] * 2, "personal"


@pytest.mark.parametrize(
    ("skills", "error"),
    [
        ((Skill("xx"),), ("skills[0].language", "sites.language-unknown")),
        ((Skill(),), ("skills[0].language", "sites.language-unknown")),
        ((Skill("fr"), Skill("fr", shown=True)), ("skills[1]", "sites.skill-twice")),
        ((Skill(competence=new_id()),), ("skills[0].competence", "sites.competence-not-found")),
        ((Skill("fr", new_id()),), ("skills[0]", "sites.skill-ambiguous")),
    ],
)
async def test_skills_that_cannot_be_are_refused(
    coordinator: Principal,
    site: Site,
    now: datetime,
    skills: tuple[Skill, ...],
    error: tuple[str, str],
) -> None:
    person = await make.user(role=Role.RECEPTION, site_id=site.id)
    with pytest.raises(Invalid) as refused:
        await services.set_skills(coordinator, person.id, SaveSkills(skills), now=now)
    assert [(each.field, each.code) for each in refused.value.errors] == [error]
    assert await StaffSkill.count() == 0


async def test_skills_of_whom_one_may_not_know_are_not_said(
    coordinator: Principal, now: datetime
) -> None:
    stranger = await make.user(role=Role.RECEPTION, site_id=(await make.site()).id)
    with pytest.raises(UserNotFound):
        await services.set_skills(coordinator, stranger.id, SaveSkills((Skill("fr"),)), now=now)


async def test_the_public_knows_what_is_shown_and_of_nobody(site: Site) -> None:
    here = await make.user(role=Role.RECEPTION, site_id=site.id)
    gone = await make.user(role=Role.RECEPTION, site_id=site.id, active=False)
    elsewhere = await make.user(role=Role.RECEPTION, site_id=(await make.site()).id)
    workshop, keys = await make.competence(), await make.competence("Keys")
    for person, language, competence, shown in (
        (here, "pt", None, True),
        (here, "fr", None, True),
        (here, "ar", None, False),
        (here, "", workshop.id, True),
        (here, "", keys.id, False),
        (gone, "de", None, True),
        (elsewhere, "it", None, True),
    ):
        await StaffSkill(
            user=person.id, language=language, competence=competence, shown=shown
        ).save()
    nobody = await make.site()
    known, nothing = (await queries.public_skills([site.id, nobody.id])).values()
    assert nothing == PublicSkills((), ())
    assert known.languages == ("fr", "pt")
    assert [names["en"] for names in known.competences] == ["Workshop"]


# Over HTTP


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncClient]:
    """A coordinator's browser."""
    async with client_of() as client:
        person = await make.user(role=Role.COORDINATOR, site_id=site.id)
        await sign_in(client, person, site_id=site.id)
        yield client


async def test_competences_are_seen_to_on_their_pages(client: AsyncClient) -> None:
    path = "/settings/competences"
    assert "none yet" in (await client.get(path)).text
    answer = await client.post(f"{path}/new", data={"name_fr": ""})
    assert answer.status_code == 422
    assert 'id="name_fr-error"' in answer.text
    assert (await client.post(f"{path}/new", data={"name_fr": "Atelier"})).status_code == 303
    [competence] = await queries.competences()
    page = f"{path}/{competence.id}"
    data = {"name_fr": "Atelier", "name_en": "Workshop", "version": "1"}
    assert (await client.post(page, data={**data, "name_it": "x" * 81})).status_code == 422
    assert (await client.post(page, data=data)).status_code == 303
    assert (await client.post(page, data=data)).status_code == 412
    assert "Workshop" in (await client.get(path)).text
    assert "Workshop" in (await client.get(f"{page}/remove")).text
    assert (await client.post(f"{page}/remove")).status_code == 303
    assert (await client.get(page)).status_code == 404


async def test_a_colleagues_skills_are_ticked(client: AsyncClient, site: Site) -> None:
    person = await make.user(role=Role.RECEPTION, site_id=site.id)
    workshop = await make.competence()
    path = f"/staff/{person.id}/skills"
    data = {"languages": ["fr", "pt"], "competences": [str(workshop.id)], "shown": ["pt", "sq"]}
    assert (await client.post(path, data=data)).status_code == 303
    assert set(await queries.skills_of(person.id)) == {
        Skill("fr"), Skill("pt", shown=True), Skill(competence=workshop.id),
    }  # fmt: skip
    form = (await client.get(path)).text
    assert form.count(" checked") == 4
    assert "French, Portuguese, Workshop" in (await client.get(f"/staff/{person.id}")).text
    assert (await client.post(path, data={"languages": ["xx"]})).status_code == 422
