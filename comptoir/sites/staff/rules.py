"""Who may give a role, and who may see to whose account. Values in, an answer out."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from comptoir.core.accounts.identity import SCOPES_OF
from comptoir.core.principal import Principal, Role, SiteRole


def may_coordinate(actor: Principal, site_id: UUID | None) -> bool:
    """True if the actor is a coordinator there; None means at every site."""
    if site_id is not None:
        return actor.has_role(Role.COORDINATOR, site_id)
    return actor.has_role_everywhere(Role.COORDINATOR)


def may_grant(actor: Principal, role: Role, site_id: UUID | None) -> bool:
    """True if the actor may give (or take) the role there.

    Everybody gives what they have themselves, where they have it; a token only
    what its scopes let it do itself.
    """
    if actor.scopes is not None and not SCOPES_OF[role] <= actor.scopes:
        return False
    if role is Role.ADMIN:
        return actor.has_role_everywhere(Role.ADMIN)
    return may_coordinate(actor, site_id)


def may_know(actor: Principal, roles: Iterable[SiteRole]) -> bool:
    """True if the actor may see a colleague with these roles on the staff pages.

    Somebody without any role is known to administrators alone.
    """
    return actor.has_role_everywhere(Role.ADMIN) or any(
        may_see(actor, role.site_id) for role in roles
    )


def may_see(actor: Principal, site_id: UUID | None) -> bool:
    """True if the actor may see that somebody has a role there.

    Whoever works everywhere (None) also works at the actor's site. What somebody
    does at sites that the actor does not coordinate is not for them to know.
    """
    if site_id is None:
        return actor.has_role(Role.COORDINATOR)
    return may_coordinate(actor, site_id)


def may_look_after(actor: Principal, roles: Iterable[SiteRole]) -> bool:
    """True if the actor may say what somebody with these roles can do, and when they are away.

    It counts at all of their sites: so only for whoever coordinates every one of them.
    """
    held = list(roles)
    return actor.has_role_everywhere(Role.ADMIN) or (
        bool(held) and all(may_coordinate(actor, role.site_id) for role in held)
    )


def may_manage(actor: Principal, roles: Iterable[SiteRole]) -> bool:
    """True if the actor may reset, stop or start the account of somebody with these roles.

    Administrators: everybody's. Coordinators: of those whose every role is one
    they could have given, so never an administrator's, nor anybody's who also
    works elsewhere. Tokens: likewise, as the link of a reset lets in whoever has it.
    """
    held = list(roles)
    if actor.has_role_everywhere(Role.ADMIN) and actor.scopes is None:
        return True
    return bool(held) and all(may_grant(actor, role.role, role.site_id) for role in held)
