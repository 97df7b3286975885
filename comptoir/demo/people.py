"""Who borrows in the demo: forty invented people, and the rules for their groups."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import audit
from comptoir.core.principal import SYSTEM
from comptoir.demo.places import FRIBOURG, LAUSANNE, LYON, Place
from comptoir.demo.things import random_code
from comptoir.inventory.names import Names, write_names
from comptoir.lending import search
from comptoir.lending.borrowers.indexing import Findable, index_borrowers
from comptoir.lending.due_dates import DueMode
from comptoir.lending.rules import Signature
from comptoir.lending.tables import (
    Borrower,
    BorrowerCard,
    BorrowerGroup,
    BorrowerSite,
    Household,
    Policy,
)

EVERYBODY, TRAINING, PARTNERS = "everybody", "training", "partners"

_GROUPS: dict[str, Names] = {
    EVERYBODY: {
        "fr": "Tout public",
        "de": "Allgemeines Publikum",
        "it": "Pubblico generale",
        "en": "General public",
    },
    TRAINING: {
        "fr": "En formation",
        "de": "In Ausbildung",
        "it": "In formazione",
        "en": "In training",
    },
    PARTNERS: {
        "fr": "Services partenaires",
        "de": "Partnerstellen",
        "it": "Servizi partner",
        "en": "Partner services",
    },
}

_NEXT_OPEN, _SAME_DAY = DueMode.CALENDAR_DAYS_NEXT_OPEN, DueMode.SAME_WEEKDAY

#: Category, group (None: any), mode, days, renewals, limits of person and household, signature.
_POLICIES: tuple[
    tuple[str, str | None, DueMode, int, int, int | None, int | None, Signature], ...
] = (
    ("laptop", None, _NEXT_OPEN, 28, 2, 1, 2, Signature.SCREEN),
    ("laptop", TRAINING, _NEXT_OPEN, 84, 1, 1, 2, Signature.SCREEN),
    ("laptop", PARTNERS, DueMode.CALENDAR_DAYS, 14, 1, 5, None, Signature.PAPER),
    ("phone", None, _NEXT_OPEN, 28, 2, 1, 2, Signature.SCREEN),
    ("tablet", None, _SAME_DAY, 14, 2, 1, 2, Signature.PAPER),
    ("tablet", TRAINING, _NEXT_OPEN, 56, 1, 1, 2, Signature.SCREEN),
    ("router", None, _NEXT_OPEN, 28, 1, 1, 1, Signature.NONE),
    ("pc", None, DueMode.ON_SITE, 0, 0, 1, None, Signature.NONE),
    ("headset", None, DueMode.OPEN_DAYS, 5, 1, 1, None, Signature.NONE),
)

#: Name, language, site, group, way to be reached. Households share a name's last word.
_PEOPLE: tuple[tuple[str, str, str, str, str], ...] = (
    ("Amina Diallo", "fr", FRIBOURG, EVERYBODY, "phone"),
    ("Ousmane Diallo", "fr", FRIBOURG, TRAINING, "phone"),
    ("Jean-Luc Genoud", "fr", FRIBOURG, EVERYBODY, "letter"),
    ("Fatoumata Sow", "fr", FRIBOURG, TRAINING, "phone"),
    ("Teresa Macheret", "fr", FRIBOURG, EVERYBODY, "none"),
    ("Ruth Zbinden", "de", FRIBOURG, EVERYBODY, "phone"),
    ("Walter Zbinden", "de", FRIBOURG, EVERYBODY, "letter"),
    ("Yohannes Tesfay", "en", FRIBOURG, TRAINING, "phone"),
    ("Selam Tesfay", "en", FRIBOURG, TRAINING, "phone"),
    ("Özlem Yıldız", "de", FRIBOURG, EVERYBODY, "phone"),
    ("Jürg Müller", "de", FRIBOURG, EVERYBODY, "email"),
    ("Concetta Esposito", "it", FRIBOURG, EVERYBODY, "letter"),
    ("Salvatore Esposito", "it", FRIBOURG, EVERYBODY, "phone"),
    ("Thi Mai Nguyễn", "fr", FRIBOURG, TRAINING, "email"),
    ("Zoé Aeby", "fr", FRIBOURG, EVERYBODY, "counsellor"),
    ("Service social, Mme Favre", "fr", FRIBOURG, PARTNERS, "email"),
    ("Beat Schöpfer", "de", FRIBOURG, EVERYBODY, "none"),
    ("Mohammad Rahimi", "en", LAUSANNE, TRAINING, "phone"),
    ("Zahra Rahimi", "en", LAUSANNE, TRAINING, "phone"),
    ("Inês Ferreira da Silva", "fr", LAUSANNE, EVERYBODY, "phone"),
    ("Olena Kovalenko", "en", LAUSANNE, EVERYBODY, "email"),
    ("Gianni Bernasconi", "it", LAUSANNE, EVERYBODY, "phone"),
    ("Lucia Pedrazzini", "it", LAUSANNE, EVERYBODY, "counsellor"),
    ("Anaïs Cornu", "fr", LAUSANNE, EVERYBODY, "none"),
    ("Kwame Mensah", "en", LAUSANNE, TRAINING, "phone"),
    ("Françoise Bolomey", "fr", LAUSANNE, EVERYBODY, "phone"),
    ("Hans-Peter Gerber", "de", LAUSANNE, EVERYBODY, "letter"),
    ("Katharina Lüthi", "de", LAUSANNE, EVERYBODY, "phone"),
    ("Foyer du Flon, M. Rey", "fr", LAUSANNE, PARTNERS, "email"),
    ("Marco Ferrari", "it", LAUSANNE, EVERYBODY, "phone"),
    ("Nour El Khatib", "fr", LYON, TRAINING, "phone"),
    ("Karim Benali", "fr", LYON, EVERYBODY, "phone"),
    ("Solène Le Goff", "fr", LYON, EVERYBODY, "email"),
    ("Maryam Hosseini", "en", LYON, TRAINING, "phone"),
    ("Étienne Charvet", "fr", LYON, EVERYBODY, "none"),
    ("Blessing Okafor", "en", LYON, EVERYBODY, "phone"),
    ("Paola Ricci", "it", LYON, EVERYBODY, "counsellor"),
    ("Gérard Brun", "fr", LYON, EVERYBODY, "phone"),
    ("Dmytro Shevchenko", "en", LYON, TRAINING, "phone"),
    ("Ursula Hoffmann", "de", LYON, EVERYBODY, "letter"),
)

_FAMILIES = ("Diallo", "Zbinden", "Tesfay", "Rahimi", "Esposito")

_REFERRERS = {
    FRIBOURG: ("Service social régional", "Foyer des Bouleaux", "Atelier Tremplin"),
    LAUSANNE: ("Centre social de Sévelin", "Foyer du Flon"),
    LYON: ("Maison de la Métropole", "Mission locale Rhône"),
}
_COUNSELLORS = ("S. Favre", "M. Rey", "D. Conus", "A. Lambert", "P. Girard")
#: Numbers of nobody, but for the last two digits. France keeps 04 65 71 for fiction (ARCEP).
_OFFICES = {FRIBOURG: "026 000 30", LAUSANNE: "021 000 40", LYON: "04 65 71 02"}
_NOTES = (
    "Parler lentement et sans jargon.",
    "Préfère le matin.",
    "Apporter le clavier avec de grandes touches.",
    "Rappeler plutôt par téléphone.",
)


#: By place in ``_PEOPLE``: last day of eligibility, in days from today.
_ELIGIBLE = {3: 9, 13: 120, 24: -15, 38: 200}
#: Suspended so many days ago, until so many days from today (None: until somebody ends it).
_SUSPENDED: dict[int, tuple[int, int | None]] = {9: (12, 18), 27: (40, None), 33: (60, -30)}
_LOST_A_CARD = 5


class Person(msgspec.Struct, frozen=True):
    """A borrower of the demo; one who is ``barred`` has not come for a while."""

    id: UUID
    site: str
    group: str
    card: str | None
    family: str | None
    barred: bool


async def write_policies(categories: dict[str, UUID]) -> dict[str, UUID]:
    """Make the groups and what each may borrow; give the groups' ids."""
    groups: dict[str, UUID] = {}
    for position, (key, names) in enumerate(_GROUPS.items()):
        row = BorrowerGroup(
            names=write_names(names), is_default=key == EVERYBODY, position=position
        )
        await row.save()
        groups[key] = row.id
    for category, group, mode, length, renewals, person, household, signature in _POLICIES:
        await Policy(
            category=categories[category],
            borrower_group=groups[group] if group else None,
            mode=mode.value,
            length=length,
            renewals=renewals,
            renewal_length=length,
            limit_person=person,
            limit_household=household,
            signature=signature.value,
        ).save()
    return groups


async def register(
    places: dict[str, Place],
    groups: dict[str, UUID],
    random: Random,
    *,
    today: date,
    now: datetime,
) -> list[Person]:
    """Make the borrowers, findable and most of them with a card; ``now`` is long before today."""
    households = {}
    for shared in _FAMILIES:
        household = Household(label=shared, created_at=now)
        await household.save()
        households[shared] = household.id
    people, findable = [], []
    for number, (name, language, site, group, contact) in enumerate(_PEOPLE):
        family = next((each for each in _FAMILIES if name.endswith(each)), None)
        values: dict[str, Any] = {
            **_contact(contact, number, site, random),
            **_referral(contact, site, random),
        }
        row = Borrower(
            **values,
            name=name,
            sort_name=search.fold(name),
            language=language,
            borrower_group=groups[group],
            household=households[family] if family else None,
            created_at=now,
            note=_NOTES[number // 10] if number % 10 == 4 else "",
            eligible_until=_days_from(today, _ELIGIBLE.get(number)),
        )
        await row.save()
        await BorrowerSite(borrower=row.id, site=places[site].id).save()
        await audit.record(
            SYSTEM,
            "borrower.registered",
            "borrower",
            row.id,
            now=now,
            site_id=places[site].id,
        )
        findable.append(Findable(row.id, row.sort_name, row.phone))
        card = None
        if number == _LOST_A_CARD:
            await _give_card(row.id, random, now=now, revoked_at=now + timedelta(days=30))
        if number % 5 != 3:
            card = await _give_card(row.id, random, now=now)
        barred = number in _SUSPENDED or _ELIGIBLE.get(number, 0) < 0
        people.append(Person(row.id, site, group, card, family, barred))
    await index_borrowers(findable)
    return people


async def _give_card(
    borrower_id: UUID, random: Random, *, now: datetime, revoked_at: datetime | None = None
) -> str:
    code = random_code(random)
    await BorrowerCard(borrower=borrower_id, code=code, issued_at=now, revoked_at=revoked_at).save()
    return code


def _days_from(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)


def _contact(kind: str, number: int, site: str, random: Random) -> dict[str, str]:
    """One way to be reached. Numbers are of nobody.

    France keeps 06 39 98 for fiction (ARCEP). Switzerland keeps none; no
    operator gives out numbers that begin with 000.
    """
    values = {"contact_kind": kind}
    if kind == "phone" or (kind == "counsellor" and number % 2):
        prefix = "+336399801" if site == LYON else "+4179000" + str(random.randint(10, 99))
        values["phone"] = f"{prefix}{number:02}"
    elif kind == "email":
        values["email"] = f"personne{number:02}@courriel.example"
    elif kind == "letter":
        street = "rue du Lac" if site != LYON else "rue Garibaldi"
        towns = {FRIBOURG: "1700 Fribourg", LAUSANNE: "1004 Lausanne", LYON: "69003 Lyon"}
        values["address"] = f"{street} {number + 3}\n{towns[site]}"
    return values


def _referral(contact: str, site: str, random: Random) -> dict[str, str]:
    if contact != "counsellor" and random.random() < 0.5:
        return {}
    referrer, name = random.choice(_REFERRERS[site]), random.choice(_COUNSELLORS)
    return {
        "referrer": referrer,
        "counsellor": f"{name}, {_OFFICES[site]} {11 + _COUNSELLORS.index(name)}",
    }


async def suspend(people: list[Person], *, now: datetime) -> None:
    """Suspend some of them: for a while, for good, and for a while that is over."""
    for number, (ago, until) in _SUSPENDED.items():
        end = None if until is None else now + timedelta(days=until)
        await Borrower.update(
            {Borrower.suspended_at: now - timedelta(days=ago), Borrower.suspended_until: end}
        ).where(Borrower.id == people[number].id)
