"""Policies and groups are the same at all sites: every coordinator may change them."""

from __future__ import annotations

from comptoir.core.principal import Principal, Role
from comptoir.lending.policies.errors import CoordinatorNeeded


def need_coordinator(actor: Principal) -> None:
    """Let only coordinators pass, and no token that is bound to a site.

    Raises:
        CoordinatorNeeded: the actor is none.
    """
    if not (actor.has_role(Role.COORDINATOR) and actor.may_share):
        raise CoordinatorNeeded
