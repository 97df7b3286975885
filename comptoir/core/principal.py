"""Who acts: the one value every service takes to decide what is allowed."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec


class Role(StrEnum):
    """What somebody is at a site, weakest first."""

    RECEPTION = "reception"
    COORDINATOR = "coordinator"
    ADMIN = "admin"


_RANK = {Role.RECEPTION: 1, Role.COORDINATOR: 2, Role.ADMIN: 3}


class SiteRole(msgspec.Struct, frozen=True):
    """A role at one site, or at all of them where ``site_id`` is None."""

    role: Role
    site_id: UUID | None = None


class Principal(msgspec.Struct, frozen=True):
    """A signed-in person, an API token, or the program itself.

    ``scopes`` is None for people (their roles decide alone); a token also
    needs the scope of what it calls. ``site_id`` is the site the person works
    at in this session, or the one a token is bound to.
    """

    kind: str  # "user", "token", "system" or "public"
    id: UUID | None = None
    name: str = ""
    language: str = "fr"
    roles: tuple[SiteRole, ...] = ()
    scopes: frozenset[str] | None = None
    site_id: UUID | None = None
    session_id: UUID | None = None

    @property
    def all_sites(self) -> bool:
        """True if at least one role holds at every site."""
        return any(role.site_id is None for role in self.roles)

    @property
    def site_ids(self) -> frozenset[UUID]:
        """The sites named by the roles (beside ``all_sites``)."""
        return frozenset(role.site_id for role in self.roles if role.site_id)

    def has_role(self, least: Role, site_id: UUID | None = None) -> bool:
        """True if the role is at least ``least`` at the site, or at any site if None."""
        return any(
            _RANK[held.role] >= _RANK[least]
            and (site_id is None or held.site_id is None or held.site_id == site_id)
            for held in self.roles
        )

    def has_role_everywhere(self, least: Role) -> bool:
        """True if the role is at least ``least`` at every site."""
        return any(held.site_id is None and _RANK[held.role] >= _RANK[least] for held in self.roles)

    @property
    def may_share(self) -> bool:
        """True if what all sites share may be changed, as far as the role goes.

        A token that is bound to a site keeps to what is that site's own.
        """
        return self.kind != "token" or self.all_sites

    def sees_site(self, site_id: UUID | None) -> bool:
        """True if rows of the site may be known to this principal."""
        return self.all_sites or site_id in self.site_ids


SYSTEM = Principal(kind="system", roles=(SiteRole(Role.ADMIN),))

#: Whoever reads a page without an account: sees what everybody may, changes nothing.
NOBODY = Principal(kind="public")
