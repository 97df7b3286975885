"""The demo's organisations, their three places, and the people who work there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.accounts import credentials
from comptoir.core.accounts.services import AddUser
from comptoir.core.accounts.tables import User
from comptoir.core.keys import Keyring
from comptoir.core.principal import SYSTEM, Principal, Role, SiteRole
from comptoir.sites import changing_hours, queries, services
from comptoir.sites.opening_hours import Calendar
from comptoir.sites.schemas import SaveOrganisation, SaveSite
from comptoir.sites.staff import services as staff
from comptoir.sites.staff.schemas import AddColleague

FRIBOURG, LAUSANNE, LYON = "Fribourg", "Lausanne", "Lyon"

#: Of every account of the demo; it is printed, and so nobody's secret.
PASSWORD = "trois-lampes-bleues"  # noqa: S105


class Login(msgspec.Struct, frozen=True):
    """Somebody the demo lets in. ``sites`` is empty for all of them."""

    login: str
    name: str
    role: Role
    sites: tuple[str, ...]
    language: str
    pin: str


LOGINS = (
    Login("reception", "Claire Monney", Role.RECEPTION, (FRIBOURG,), "fr", "246813"),
    Login("reception2", "Luca Bernasconi", Role.RECEPTION, (FRIBOURG,), "it", "135792"),
    Login("lausanne", "Nadia Rochat", Role.RECEPTION, (LAUSANNE,), "fr", "864209"),
    Login("lyon", "Hugo Perrin", Role.RECEPTION, (LYON,), "fr", "975310"),
    Login(
        "coordinator", "Sophie Aebischer", Role.COORDINATOR, (FRIBOURG, LAUSANNE), "de", "314159"
    ),
    Login("admin", "Martin Keller", Role.ADMIN, (), "en", "271828"),
)

_SWISS = SaveOrganisation(
    name="Association Le Passage numérique",
    return_to="Le Passage numérique, rue des Alpes 12, 1700 Fribourg",
    phone="+41265550110",
    email="bonjour@passage-numerique.example",
    website="https://passage-numerique.example",
)
_FRENCH = SaveOrganisation(
    name="La Passerelle, médiation numérique",
    return_to="La Passerelle, 8 rue de la Part-Dieu, 69003 Lyon",
    phone="+33465710108",
    email="bonjour@passerelle.example",
    website="https://passerelle.example",
)


class Place(msgspec.Struct, frozen=True):
    """A site of the demo, and whoever stands at its desk."""

    id: UUID
    name: str
    calendar: Calendar
    desk: Principal


async def open_places(keys: Keyring, *, now: datetime) -> dict[str, Place]:
    """Make organisations, sites with their hours, and accounts; give the sites by name."""
    swiss = await services.create_organisation(SYSTEM, _SWISS, now=now)
    french = await services.create_organisation(SYSTEM, _FRENCH, now=now)
    ids = {
        FRIBOURG: await _open(
            SaveSite(
                organisation=swiss,
                name="Comptoir de Fribourg",
                short_name=FRIBOURG,
                street="Rue des Alpes 12",
                postcode="1700",
                city="Fribourg",
                region="FR",
                phone="+41265550112",
                email="fribourg@passage-numerique.example",
                kind="lending-desk",
                transport="Bus 1, 2, 6 – Saint-Pierre",
                wheelchair="yes",
                offers=("equipment-loan", "wifi", "computers", "digital-skills-workshop"),
                cost="free",
                languages=("fr", "de"),
                visits="walk-in",
                workstations=4,
                latitude=46.8031,
                longitude=7.1534,
                published=True,
                shows_stock=True,
            ),
            # Late on Thursday; in summer mornings only; a workshop beside the desk.
            "Mo-We,Fr 09:00-12:00,13:30-18:00; Th 09:00-12:00,13:30-20:00; Sa 09:00-12:00; "
            'Jul-Aug Mo-Sa 09:00-12:00, Sep-Jun We 14:00-16:00 open "Atelier numérique"',
            now=now,
        ),
        LAUSANNE: await _open(
            SaveSite(
                organisation=swiss,
                name="Comptoir de Lausanne",
                short_name=LAUSANNE,
                street="Avenue de Sévelin 28",
                postcode="1004",
                city="Lausanne",
                region="VD",
                phone="+41215550114",
                email="lausanne@passage-numerique.example",
                kind="social-centre",
                transport="Bus 18 – Sévelin",
                wheelchair="limited",
                offers=("equipment-loan", "wifi", "printing", "online-formalities"),
                cost="free",
                languages=("fr", "en", "pt"),
                visits="both",
                latitude=46.5219,
                longitude=6.6203,
                published=True,
                shows_stock=True,
            ),
            'Tu-Fr 10:00-18:30; Sa 09:00-13:00, Mo 14:00-17:00 unknown "sur rendez-vous"',
            now=now,
        ),
        LYON: await _open(
            SaveSite(
                organisation=french,
                name="La Passerelle Part-Dieu",
                short_name=LYON,
                street="8 rue de la Part-Dieu",
                postcode="69003",
                city="Lyon",
                country="FR",
                time_zone="Europe/Paris",
                phone="+33465710109",
                email="lyon@passerelle.example",
                kind="association",
                transport="Métro B, tram T1 – Part-Dieu",
                wheelchair="yes",
                offers=("equipment-loan", "online-formalities", "first-steps", "connectivity"),
                audiences=("job-seekers", "seniors"),
                cost="free-on-conditions",
                languages=("fr", "ar"),
                visits="walk-in",
                latitude=45.7606,
                longitude=4.8540,
                published=True,
            ),
            "Mo,Tu,Th,Fr 09:30-12:30,14:00-17:30; We 14:00-17:30",
            now=now,
        ),
    }
    desks = await _hire(ids, keys, now=now)
    return {
        name: Place(site_id, name, await queries.site_calendar(site_id), desks[name])
        for name, site_id in ids.items()
    }


async def _open(command: SaveSite, hours: str, *, now: datetime) -> UUID:
    site_id = await services.create_site(SYSTEM, command, now=now)
    await changing_hours.set_hours(SYSTEM, site_id, hours, version=1, now=now)
    return site_id


async def _hire(sites: dict[str, UUID], keys: Keyring, *, now: datetime) -> dict[str, Principal]:
    """Make the accounts; give for each site whoever works at its desk."""
    desks: dict[str, Principal] = {}
    for person in LOGINS:
        user = AddUser(person.login, person.name, person.language, PASSWORD)
        places: list[UUID | None] = [sites[name] for name in person.sites]
        first, *others = places or [None]
        user_id = await staff.add_colleague(SYSTEM, AddColleague(user, person.role, first), now=now)
        for site_id in others:
            await staff.give_role(SYSTEM, person.login, person.role, site_id, now=now)
        await User.update(
            {User.pin_hash: credentials.pin_hash(keys, person.pin)}  # the demo prints it
        ).where(User.id == user_id)
        if person.role is Role.RECEPTION:
            desks.setdefault(
                person.sites[0],
                Principal(
                    kind="user",
                    id=user_id,
                    name=person.name,
                    language=person.language,
                    roles=(SiteRole(Role.RECEPTION, first),),
                    site_id=first,
                ),
            )
    return desks
