"""Commands and views of the staff pages."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.core.accounts.services import AddUser
from comptoir.core.fields import Language
from comptoir.core.principal import Role, SiteRole
from comptoir.core.vault import Untold


class AddColleague(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new person with a first role; ``site_id`` None is every site."""

    user: AddUser
    role: Role
    site_id: UUID | None = None


class Link(Untold, frozen=True):
    """A one-time link that was just made; ``token`` is not kept anywhere."""

    user_id: UUID
    token: str


class StaffRole(msgspec.Struct, frozen=True):
    """A role as a page shows it."""

    role: Role
    site_id: UUID | None
    site_name: str | None


class Colleague(msgspec.Struct, frozen=True):
    """A person as a coordinator sees them: nothing of when or how much they work.

    ``waiting`` is true until the one-time link has been used.
    """

    id: UUID
    login: str
    name: str
    language: Language
    active: bool
    waiting: bool
    roles: tuple[StaffRole, ...]

    @property
    def site_roles(self) -> tuple[SiteRole, ...]:
        """The roles as rules take them."""
        return tuple(SiteRole(role.role, role.site_id) for role in self.roles)
