"""The demo's rota: who speaks and can do what, who comes when, and one who is away."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.accounts.services import AddUser
from comptoir.core.principal import SYSTEM, Role
from comptoir.demo.places import FRIBOURG, LAUSANNE, LYON, PASSWORD, Place
from comptoir.sites.rota import absences, needs, offers, shifts
from comptoir.sites.rota.schemas import AddAbsence, AddNeed, AddShift, OfferShift
from comptoir.sites.skills import services as skills
from comptoir.sites.skills.schemas import SaveCompetence, SaveSkills, Skill
from comptoir.sites.staff import services as staff
from comptoir.sites.staff.schemas import AddColleague

_WORKSHOP, _FORMALITIES = "workshop", "formalities"
_COMPETENCES = {
    _WORKSHOP: {
        "fr": "Atelier numérique",
        "de": "Computerkurs",
        "it": "Laboratorio digitale",
        "en": "Computer workshop",
    },
    _FORMALITIES: {
        "fr": "Démarches en ligne",
        "de": "Online-Formulare",
        "it": "Pratiche online",
        "en": "Online formalities",
    },
}

#: Colleagues of those with a login that the demo prints.
_COLLEAGUES = (
    ("aline", "Aline Jungo", FRIBOURG),
    ("samuel", "Samuel Favre", LAUSANNE),
    ("ines", "Inès Moreau", LYON),
)

#: By login: languages, of which those after ``|`` are nothing for the public; competences.
_SKILLS = {
    "reception": ("fr en", (_FORMALITIES,)),
    "reception2": ("it fr de", (_WORKSHOP,)),
    "aline": ("fr de pt", ()),
    "coordinator": ("de fr en", (_FORMALITIES,)),
    "lausanne": ("fr | ar", (_FORMALITIES,)),
    "samuel": ("fr en es", (_WORKSHOP,)),
    "lyon": ("fr", (_FORMALITIES,)),
    "ines": ("fr pt", (_WORKSHOP,)),
}


class _Pattern(msgspec.Struct, frozen=True):
    """Somebody on weekdays (0 is Monday), every or every other week; hours as ``9-12``."""

    login: str
    site: str
    weekdays: tuple[int, ...]
    hours: str
    every_weeks: int = 1
    second_week: bool = False


_PATTERNS = (
    _Pattern("reception", FRIBOURG, (0, 1, 2), "9-18"),
    _Pattern("reception2", FRIBOURG, (1, 2, 4), "9-18"),
    _Pattern("reception2", FRIBOURG, (3,), "13.5-20"),
    _Pattern("aline", FRIBOURG, (0, 4), "9-18"),
    _Pattern("aline", FRIBOURG, (3,), "9-20"),
    _Pattern("coordinator", FRIBOURG, (3,), "9-12"),
    _Pattern("reception", FRIBOURG, (5,), "9-12", 2),
    _Pattern("aline", FRIBOURG, (5,), "9-12", 2, second_week=True),
    _Pattern("lausanne", LAUSANNE, (1, 2, 3), "10-18.5"),
    _Pattern("samuel", LAUSANNE, (2, 4), "10-18.5"),
    _Pattern("coordinator", LAUSANNE, (1,), "10-16"),
    _Pattern("lausanne", LAUSANNE, (5,), "9-13", 2),
    _Pattern("samuel", LAUSANNE, (5,), "9-13", 2, second_week=True),
    _Pattern("lyon", LYON, (0, 1, 3), "9.5-17.5"),
    _Pattern("ines", LYON, (1, 2), "14-17.5"),
    _Pattern("ines", LYON, (4,), "9.5-17.5"),
)


async def plan(sites: dict[str, Place], *, start: datetime, now: datetime) -> None:
    """Hire a few more, and fill the rota of each site from ``start`` on, as it is ``now``."""
    for login, name, site in _COLLEAGUES:
        user = AddUser(login, name, "fr", PASSWORD)
        command = AddColleague(user, Role.RECEPTION, sites[site].id)
        await staff.add_colleague(SYSTEM, command, now=start)
    rows = await db.fetch("SELECT id, login FROM core_user")
    people: dict[str, UUID] = {row["login"]: row["id"] for row in rows}
    competences = {
        key: await skills.create_competence(SYSTEM, SaveCompetence(names), now=start)
        for key, names in _COMPETENCES.items()
    }
    await _say_skills(people, competences, now=start)
    monday = start.date() + timedelta(days=7 - start.weekday())
    for pattern in _PATTERNS:
        await _repeat(pattern, sites[pattern.site].id, people[pattern.login], monday, now=start)
    await _ask(sites, competences, now=start)
    await _change(sites, people, now=now)


async def _say_skills(
    people: dict[str, UUID], competences: dict[str, UUID], *, now: datetime
) -> None:
    for login, (spoken, able) in _SKILLS.items():
        public, _, private = spoken.partition("|")
        command = SaveSkills(
            (
                *(Skill(code, None, True) for code in public.split()),
                *(Skill(code, None, False) for code in private.split()),
                *(Skill("", competences[key], True) for key in able),
            )
        )
        await skills.set_skills(SYSTEM, people[login], command, now=now)


async def _repeat(
    pattern: _Pattern, site: UUID, person: UUID, monday: date, *, now: datetime
) -> None:
    starts, ends = (int(float(hour) * 60) for hour in pattern.hours.split("-"))
    for weekday in pattern.weekdays:
        command = AddShift(
            site=site,
            person=person,
            day=monday + timedelta(days=weekday + 7 * pattern.second_week),
            starts=starts,
            ends=ends,
            every_weeks=pattern.every_weeks,
        )
        await shifts.add_shift(SYSTEM, command, now=now)


async def _ask(sites: dict[str, Place], competences: dict[str, UUID], *, now: datetime) -> None:
    """One person at any time; a workshop on Wednesday afternoon, and German in Fribourg."""
    for place in sites.values():
        await needs.add_need(SYSTEM, place.id, AddNeed(people=1), now=now)
    workshop = AddNeed(people=1, weekday=2, starts=840, ends=960, competence=competences[_WORKSHOP])
    await needs.add_need(SYSTEM, sites[FRIBOURG].id, workshop, now=now)
    german = AddNeed(people=1, weekday=3, language="de")
    await needs.add_need(SYSTEM, sites[FRIBOURG].id, german, now=now)


async def _change(sites: dict[str, Place], people: dict[str, UUID], *, now: datetime) -> None:
    """Next week somebody is away, and somebody offers a shift to the others."""
    monday = now.date() + timedelta(days=7 - now.weekday())
    for login, day in (("reception2", 2), ("lausanne", 3), ("lyon", 0), ("ines", 0)):
        away = AddAbsence(people[login], monday + timedelta(days=day), monday + timedelta(days=day))
        await absences.add_absence(SYSTEM, away, now=now)
    tuesday = monday + timedelta(days=1)
    row = await db.fetch_one(
        "SELECT id, first_day FROM sites_shift WHERE user_id = :user ORDER BY id LIMIT 1 OFFSET 1",
        user=people["reception"],
    )
    if row is not None:
        await offers.offer_shift(SYSTEM, OfferShift(row["id"], tuesday), now=now)
