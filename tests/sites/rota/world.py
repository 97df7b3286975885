"""A site with a team, for tests of its rota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from comptoir.core.accounts.tables import User
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.sites.rota.tables import Need, Shift
from comptoir.sites.skills.tables import StaffSkill
from comptoir.sites.tables import Site
from tests import factories as make

#: The day of the fixture ``now``, and the Monday before.
TUESDAY = date(2026, 11, 24)
MONDAY = TUESDAY - timedelta(days=1)


def actor(person: User, role: Role, *sites: UUID) -> Principal:
    """Somebody who is signed in."""
    return Principal(
        "user", id=person.id, name=person.name, roles=tuple(SiteRole(role, s) for s in sites)
    )


@dataclass(frozen=True)
class Team:
    """A site that is open from 9 to 17, its coordinator, and two at its desk."""

    site: Site
    sophie: User
    claire: User
    luca: User

    @property
    def coordinator(self) -> Principal:
        return actor(self.sophie, Role.COORDINATOR, self.site.id)

    @property
    def reception(self) -> Principal:
        return actor(self.claire, Role.RECEPTION, self.site.id)

    @property
    def colleague(self) -> Principal:
        return actor(self.luca, Role.RECEPTION, self.site.id)

    async def shift(self, person: User, day: date = TUESDAY, **values: Any) -> Shift:
        """A shift of one day, from 9 to 17 as the door."""
        row = Shift(
            **{
                "id": new_id(),
                "site": self.site.id,
                "user": person.id,
                "first_day": day,
                "last_day": day,
                "starts": 540,
                "ends": 1020,
                **values,
            }
        )
        await row.save()
        return row

    async def need(self, **values: Any) -> None:
        """One person at any time, or what is said."""
        await Need(**{"site": self.site.id, **values}).save()


async def make_team(**values: Any) -> Team:
    """The rows, on the database of this loop."""
    site = await make.site(**values)
    people = [
        await make.user(role=role, site_id=site.id, name=name)
        for name, role in (
            ("Sophie Aebischer", Role.COORDINATOR),
            ("Claire Monney", Role.RECEPTION),
            ("Luca Bernasconi", Role.RECEPTION),
        )
    ]
    await StaffSkill(user=people[2].id, language="it").save()
    return Team(site, *people)
