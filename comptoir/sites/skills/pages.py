"""Pages of competences, and of what a colleague speaks and can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import LANGUAGES, localized
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData, id_or_none, in_form, shown_again, status_of_form
from comptoir.core.web.once import made_once
from comptoir.sites.skills import queries, services
from comptoir.sites.skills.languages import language_names, language_options
from comptoir.sites.skills.schemas import Competence, SaveCompetence, SaveSkills, Skill
from comptoir.sites.staff import queries as staff

Page = Request[Principal, Any, Any]
PATH = "/settings/competences"
COORDINATOR = [require(Role.COORDINATOR)]
#: The inputs of the names, by the paths of the command.
_INPUTS = {"names": f"name_{LANGUAGES[0]}", r"names\.(\w+)": r"name_\1"}


@get(PATH, guards=COORDINATOR)
async def competence_list(request: Page) -> Response[str]:
    """Every competence."""
    named = [(each.id, localized(each.names)) for each in await queries.competences()]
    return page(request, "sites/competences.html", competences=named)


@get(f"{PATH}/new", guards=COORDINATOR)
async def new_competence(request: Page) -> Response[str]:
    """The empty form."""
    return _form(request, {}, [])


@post(f"{PATH}/new", guards=COORDINATOR)
async def add_competence(request: Page) -> Response[str]:
    """Name a competence."""
    names = _names(await FormData.of(request))
    try:
        now = clock.now()
        await made_once(
            request,
            lambda: services.create_competence(request.user, SaveCompetence(names), now=now),
            now=now,
        )
    except Invalid as invalid:
        return _form(request, names, invalid.errors)
    return redirect(request, PATH, flash=Flash("ok", _("Saved.")))


@get(f"{PATH}/{{competence_id:uuid}}", guards=COORDINATOR)
async def competence_form(request: Page, competence_id: FromPath[UUID]) -> Response[str]:
    """The form of a competence."""
    found = await queries.competence(competence_id)
    return _form(request, found.names, [], found)


@post(f"{PATH}/{{competence_id:uuid}}", guards=COORDINATOR)
async def save_competence(request: Page, competence_id: FromPath[UUID]) -> Response[str]:
    """Call a competence something else."""
    data = await FormData.of(request)
    names, version = _names(data), data.whole("version") or 0
    try:
        await services.edit_competence(
            request.user, competence_id, SaveCompetence(names), version=version, now=clock.now()
        )
    except (Invalid, PreconditionFailed) as error:
        found = await queries.competence(competence_id)
        errors, version = shown_again(error, sent=version, saved=found.version)
        return _form(request, names, errors, msgspec.structs.replace(found, version=version))
    return redirect(request, PATH, flash=Flash("ok", _("Saved.")))


@get(f"{PATH}/{{competence_id:uuid}}/remove", guards=COORDINATOR)
async def ask_remove(request: Page, competence_id: FromPath[UUID]) -> Response[str]:
    """Say what goes with it, before it does."""
    found = await queries.competence(competence_id)
    return page(
        request,
        "core/confirm.html",
        title=_("Remove “%(name)s”?", name=localized(found.names)),
        text=_("Nobody has this competence any more then, and no site asks for it."),
        action=f"{PATH}/{competence_id}/remove",
        label=_("Remove"),
        back=f"{PATH}/{competence_id}",
        kind="danger",
        fields={},
    )


@post(f"{PATH}/{{competence_id:uuid}}/remove", guards=COORDINATOR)
async def remove_competence(request: Page, competence_id: FromPath[UUID]) -> Response[str]:
    """Forget a competence."""
    await services.remove_competence(request.user, competence_id, now=clock.now())
    return redirect(request, PATH, flash=Flash("ok", _("Removed.")))


@get("/staff/{user_id:uuid}/skills", guards=COORDINATOR, include_in_schema=False)
async def show_skills(request: Page, user_id: FromPath[UUID]) -> Response[str]:
    """The form of what a colleague speaks and can do."""
    await staff.need_to_look_after(request.user, user_id)
    return await _skills_form(request, user_id, await queries.skills_of(user_id), [])


@post("/staff/{user_id:uuid}/skills", guards=COORDINATOR, include_in_schema=False)
async def save_skills(request: Page, user_id: FromPath[UUID]) -> Response[str]:
    """Say all of it anew."""
    skills = _skills(await FormData.of(request))
    try:
        await services.set_skills(request.user, user_id, SaveSkills(tuple(skills)), now=clock.now())
    except Invalid as invalid:
        return await _skills_form(request, user_id, skills, invalid.errors)
    return redirect(request, f"/staff/{user_id}", flash=Flash("ok", _("Saved.")))


async def skill_texts(user_id: UUID) -> list[str]:
    """What somebody speaks and can do, in the reader's words."""
    skills = await queries.skills_of(user_id)
    names = {each.id: localized(each.names) for each in await queries.competences()}
    spoken = language_names(each.language for each in skills if each.language)
    return spoken + sorted(names[each.competence] for each in skills if each.competence)


async def _skills_form(
    request: Page, user_id: UUID, skills: Sequence[Skill], errors: Sequence[FieldError]
) -> Response[str]:
    person = await staff.colleague(request.user, user_id)
    named = [(each.id, localized(each.names)) for each in await queries.competences()]
    return page(
        request,
        "sites/skills.html",
        status=status_of_form(errors),
        person=person,
        errors=errors,
        spoken=language_options(),
        competences=named,
        chosen={each.language or str(each.competence): each.shown for each in skills},
    )


def _form(
    request: Page,
    names: dict[str, str],
    errors: Sequence[FieldError],
    competence: Competence | None = None,
) -> Response[str]:
    return page(
        request,
        "sites/competence_form.html",
        status=status_of_form(errors),
        names=names,
        errors=in_form(errors, _INPUTS),
        competence=competence,
    )


def _names(data: FormData) -> dict[str, str]:
    return {language: name for language in LANGUAGES if (name := data.text(f"name_{language}"))}


def _skills(data: FormData) -> list[Skill]:
    """What is ticked: ``languages`` and ``competences``, and of these what is ``shown``."""
    shown = set(data.texts("shown"))
    languages = [
        Skill(code, None, code in shown) for code in dict.fromkeys(data.texts("languages"))
    ]
    competences = [
        Skill("", found, text in shown)
        for text in dict.fromkeys(data.texts("competences"))
        if (found := id_or_none(text))
    ]
    return languages + competences


ROUTES = [
    competence_list,
    new_competence,
    add_competence,
    competence_form,
    save_competence,
    ask_remove,
    remove_competence,
    show_skills,
    save_skills,
]
